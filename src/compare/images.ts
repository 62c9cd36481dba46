import type { DatasetRecord, RunConfig, RunKey } from "../config/index.ts";
import { fail } from "../core/index.ts";
import type { LoadedData } from "../data/index.ts";
import { describeData } from "../run/index.ts";

/** Opens DATA as a run's configuration has it read. */
export type OpenImages = (config: RunConfig, signal?: AbortSignal) => Promise<LoadedData>;

/** Settings that say which images of DATA there are, and by what labels. */
const choosing = [
  ...(["preset", "partial", "maxBad", "testFraction", "trainImages"] as const),
  ...(["coarseMap", "imageColumn", "coarseColumn", "fineColumn"] as const),
] satisfies readonly RunKey[];
/** Settings by which they are split, and kept in memory. */
const dividing = ["seed", "imageSize"] satisfies readonly RunKey[];

const keyOf = (config: RunConfig, names: readonly RunKey[]) => JSON.stringify(names.map((name) => config[name]));

/** Opens DATA again only where a setting may change the images. */
export function keepLast(open: OpenImages): OpenImages {
  let kept: { key: string; data: Promise<LoadedData> } | undefined;
  return (config, signal) => {
    const key = keyOf(config, [...choosing, ...dividing]);
    // The last images are let go of before the next ones come.
    if (kept?.key !== key) kept = { key, data: open(config, signal) };
    return kept.data;
  };
}

/** The images that a run of the comparison has. */
export interface RunImages {
  readonly config: RunConfig;
  readonly dataset: DatasetRecord;
}

/**
 * Opens DATA and refuses images that are not those of the runs before, as far as their records tell: one table would hold
 * figures of both.
 * @throws MaskconError "data"
 */
export function sameImages(open: OpenImages, before: readonly RunImages[]): OpenImages {
  const known = [...before];
  return async (config, signal) => {
    const data = await open(config, signal);
    const images = { config, dataset: describeData(data) };
    for (const other of known) refuseOthers(other, images);
    known.push(images);
    return data;
  };
}

function refuseOthers(before: RunImages, now: RunImages): void {
  if (keyOf(before.config, choosing) !== keyOf(now.config, choosing)) return;
  const sameSplit = before.config.seed === now.config.seed;
  // Where only some training images are kept, a bad one is missing from these or not, by the seed.
  const { trainImages, maxBad } = now.config;
  const counted = sameSplit || trainImages === undefined || maxBad === 0;
  const other =
    classesOf(before) !== classesOf(now) ||
    (counted && countOf(before) !== countOf(now)) ||
    (sameSplit && before.dataset.labels !== now.dataset.labels);
  if (!other) return;
  const [expected, found] = [described(before), described(now)];
  fail("data", {
    where: now.dataset.name,
    expected: `the images of the runs before (${expected})`,
    found: expected === found ? "others, by their labels" : found,
    fix: "give the same images, or another --out for a comparison on these",
  });
}

const countOf = ({ dataset: { trainImages, testImages } }: RunImages) => trainImages + testImages;
const classesOf = ({ dataset }: RunImages) => JSON.stringify(dataset.coarseClasses);
const described = (images: RunImages) =>
  `${countOf(images)} images of ${images.dataset.coarseClasses.join(", ").slice(0, 200)}`;
