import type { DatasetRecord, RunConfig } from "../config/index.ts";
import { fail } from "../core/index.ts";
import type { LoadedData } from "../data/index.ts";
import { describeData } from "../train/index.ts";

export type OpenImages = (config: RunConfig, signal?: AbortSignal) => Promise<LoadedData>;

/** Settings that do not touch the images: under others, DATA is opened again. */
const indifferent = new Set<string>([
  ...["method", "softWeight", "softWeightEnd", "softTemperature", "softTemperatureEnd", "coarseWeight"],
  ...["coarseWeightEnd", "maskOwnKeys", "temperature", "keyMomentum", "queueSize", "embeddingDim", "backbone", "init"],
  ...["learningRate", "sgdMomentum", "weightDecay", "epochs", "steps", "warmupEpochs", "averageEpochs", "encoder"],
  ...["evalEvery", "diagnoseEvery", "checkpointEvery", "checkpointMinutes", "batchSize", "weak", "strong"],
  ...["device", "threads", "workers"],
]);

const keyOf = (config: RunConfig, but: readonly string[] = []) =>
  JSON.stringify(Object.entries(config).filter(([name]) => !indifferent.has(name) && !but.includes(name)));

/** Opens DATA again only where a setting may change the images. */
export function keepLast(open: OpenImages): OpenImages {
  let kept: { key: string; data: Promise<LoadedData> } | undefined;
  return (config, signal) => {
    const key = keyOf(config);
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
 * Opens DATA and refuses images that are not those of the runs before: one table would hold figures of both.
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
  // The seed draws which images are held out, the size of the crop how they are kept.
  const [one, other] = [before, now].map(({ config }) => keyOf(config, ["seed", "imageSize"]));
  if (one !== other) return;
  const sameSplit = before.config.seed === now.config.seed;
  if (described(before) === described(now) && (!sameSplit || before.dataset.labels === now.dataset.labels)) return;
  const differ = described(before) !== described(now);
  fail("data", {
    where: now.dataset.name,
    expected: `the images of the runs before${differ ? ` (${described(before)})` : ""}`,
    found: differ ? described(now) : "other training labels",
    fix: "give the same images, or another --out for a comparison on these",
  });
}

const described = ({ dataset: { trainImages, testImages, coarseClasses } }: RunImages) =>
  `${trainImages + testImages} images of ${coarseClasses.join(", ").slice(0, 200)}`;
