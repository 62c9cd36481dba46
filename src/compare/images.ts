import type { DatasetRecord, RunConfig, RunKey } from "../config/index.ts";
import { fail, type StopSignal } from "../core/index.ts";
import type { LoadedData } from "../data/index.ts";
import { describeData, type ImageList, imageChanges, isUnchanged, partText, unionChange } from "../run/index.ts";

/** Opens DATA as a run's configuration has it read. */
export type OpenImages = (config: RunConfig, signal?: StopSignal) => Promise<LoadedData>;

/** Settings that say which images of DATA there are, and by what labels. */
const choosing = [
  ...(["preset", "partial", "maxBad", "testFraction", "trainImages", "measureOn"] as const),
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
    // The last images are released before the next ones are read.
    if (kept?.key !== key) kept = { key, data: open(config, signal) };
    return kept.data;
  };
}

/** The images that a run of the comparison has. */
export interface RunImages {
  readonly config: RunConfig;
  readonly dataset: DatasetRecord;
  /** What identifies them, or why it cannot be had. */
  list(): Promise<ImageList | { readonly problem: string }>;
}

/**
 * Opens DATA and refuses images that are not those of the runs before: one table would hold figures of both. Of runs of
 * earlier versions only the training labels are known.
 * @throws MaskconError "data" where they differ
 */
export function sameImages(open: OpenImages, before: readonly RunImages[]): OpenImages {
  const known = new Map(before.map((images, i) => [identityOf(images) ?? `run ${i}`, images]));
  return async (config, signal) => {
    const data = await open(config, signal);
    const { dataset, list } = await describeData(data, signal);
    const images = { config, dataset, list: async () => list };
    for (const other of known.values()) await refuseOthers(other, images, list);
    const identity = identityOf(images)!;
    if (!known.has(identity)) known.set(identity, images);
    return data;
  };
}

/** The images and how they were read and split; undefined where a run of an earlier version does not say it. */
const identityOf = ({ config, dataset: { images } }: RunImages): string | undefined =>
  images && `${images} ${keyOf(config, [...choosing, "seed"])}`;

/** One run of each way that DATA was read, but for the ways in which `left` will read it. */
export function eachReading(runs: readonly RunImages[], left: readonly Pick<RunImages, "config">[]): RunImages[] {
  const readings = new Map(runs.map((images) => [keyOf(images.config, choosing), images]));
  for (const { config } of left) readings.delete(keyOf(config, choosing));
  return [...readings.values()];
}

async function refuseOthers(before: RunImages, now: RunImages, list: ImageList): Promise<void> {
  if (keyOf(before.config, choosing) !== keyOf(now.config, choosing)) return;
  const difference = differentLabels(before, now) ?? (await differentImages(before, now, list));
  if (!difference) return;
  fail("data", {
    where: now.dataset.name,
    expected: `the images of the runs before (${described(before)})`,
    found: difference,
    fix: "give the same images, or another --out for a comparison on these",
  });
}

/** The difference by their records alone. */
function differentLabels(before: RunImages, now: RunImages): string | undefined {
  const sameSplit = before.config.seed === now.config.seed;
  // Where only some training images are kept, a bad one is missing from these or not, by the seed.
  const { trainImages, maxBad } = now.config;
  const counted = sameSplit || trainImages === undefined || maxBad === 0;
  if (classesOf(before) === classesOf(now) && !(counted && countOf(before) !== countOf(now))) {
    const known = before.dataset.images !== undefined || !sameSplit;
    return known || before.dataset.labels === now.dataset.labels ? undefined : "others, by their labels";
  }
  return described(now);
}

/** The difference by their content. */
async function differentImages(before: RunImages, now: RunImages, list: ImageList): Promise<string | undefined> {
  const { images } = before.dataset;
  const sameSplit = before.config.seed === now.config.seed;
  // Another seed draws other ones of the training images.
  if (images === undefined || images === now.dataset.images || (!sameSplit && now.config.trainImages)) return undefined;
  const own = await before.list();
  if ("problem" in own) return sameSplit ? `others; how many cannot be said, because ${own.problem}` : undefined;
  const union = unionChange(own, list);
  if (!isUnchanged(union)) return partText(union, "");
  const { train, test } = imageChanges(own, list);
  const split = !sameSplit || (isUnchanged(train) && isUnchanged(test));
  return split ? undefined : "them, divided otherwise into training and test images";
}

const countOf = ({ dataset: { trainImages, testImages } }: RunImages) => trainImages + testImages;
const classesOf = ({ dataset }: RunImages) => JSON.stringify(dataset.coarseClasses);
const described = (images: RunImages) =>
  `${countOf(images)} images of ${images.dataset.coarseClasses.join(", ").slice(0, 200)}`;
