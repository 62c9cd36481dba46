import { expect, it } from "vitest";
import { type RunRecord, resolveConfig } from "../config/index.ts";
import { float32, random, type Tensors } from "../core/index.ts";
import type { Dataset, Normalization } from "../data/index.ts";
import { declareBackbone, initialize } from "../nn/index.ts";
import { embedWithRun } from "./embed-with-run.ts";
import { embedWith } from "./encoder.ts";
import type { Run } from "./load-run.ts";

const imageSize = 16;
const config = resolveConfig({ flags: { backbone: "resnet20", imageSize, batchSize: 4, workers: 1 } });
const normalization: Normalization = { mean: [0.1, 0.5, 0.3], std: [0.2, 0.3, 0.4] };

function weights(seed: number): Tensors {
  const { parameters, buffers } = declareBackbone("resnet20", imageSize);
  return Object.fromEntries(
    [...parameters, ...buffers].map((spec) => [spec.name, float32(spec.shape, initialize(spec, seed))]),
  );
}

const run: Run = {
  paths: {} as Run["paths"],
  record: { config, dataset: { normalization } } as RunRecord,
  trained: async () => ({ weights: weights(1), step: 3, epoch: 0, warnings: [] }),
  initial: async () => weights(0),
  untrained: async () => [],
};

const rng = random(2);
const pixels = new SharedArrayBuffer(5 * imageSize ** 2 * 3);
new Uint8Array(pixels).forEach((_, i, bytes) => {
  bytes[i] = rng.integer(256);
});
/** Images of another origin, with a normalization of their own. */
const images: Dataset = {
  ...{ name: "others", length: 5, coarseClasses: ["all"], fineClasses: undefined },
  ...{ coarse: new Int32Array(5), fine: undefined, ids: (i: number) => `${i}` },
  source: { kind: "memory", width: imageSize, height: imageSize, pixels },
  normalization: { mean: [0.9, 0.9, 0.9], std: [0.7, 0.7, 0.7] },
};

it("sees images as the run saw its own, by its trained encoder or by given weights", async () => {
  const expected = await embedWith(config, weights(1), { ...images, normalization });
  const found = await embedWithRun(run, images);
  expect(found).toEqual(expected);
  expect(found.features).not.toEqual((await embedWith(config, weights(1), images)).features);
  expect(found.dim).toBe(64);
  const frozen = await embedWithRun(run, images, { weights: await run.initial() });
  expect(frozen.features).not.toEqual(found.features);
});

it("can be given other workers and batches, and stopped", async () => {
  const done: number[] = [];
  const progress = (count: number) => void done.push(count);
  await embedWithRun(run, images, { config: { ...config, batchSize: 2, workers: 2 }, progress });
  expect(done).toEqual([2, 4, 5]);
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(embedWithRun(run, images, { signal })).rejects.toThrow("enough");
});
