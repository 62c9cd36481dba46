import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import type { Dataset } from "../data/index.ts";
import { embedBatches, embedDataset } from "./embed.ts";
import { evaluateFeatures } from "./evaluate.ts";
import { recallAtK } from "./recall.ts";
import { recallKs } from "./report-ks.ts";

const rng = random(1);
const [n, dim] = [300, 8];
const features = Float32Array.from({ length: n * dim }, () => rng.normal());
/** Fine labels that are not nested in the coarse ones: the three questions must not lean on nesting. */
const fine = Int32Array.from({ length: n }, () => rng.integer(12));
const coarse = Int32Array.from({ length: n }, () => rng.integer(3));

test("one call answers fine, coarse and within as three calls do", async () => {
  const o = { features, dim, ks: recallKs };
  expect(await evaluateFeatures(features, dim, { coarse, fine })).toEqual({
    fine: await recallAtK({ ...o, labels: fine }),
    coarse: await recallAtK({ ...o, labels: coarse }),
    within: await recallAtK({ ...o, labels: fine, within: coarse }),
  });
});

test("without fine labels, or with each of them once, only the coarse recall is there", async () => {
  expect(Object.keys(await evaluateFeatures(features, dim, { coarse, fine: undefined }))).toEqual(["coarse"]);
  const once = Int32Array.from({ length: n }, (_, i) => i);
  expect(Object.keys(await evaluateFeatures(features, dim, { coarse, fine: once }))).toEqual(["coarse"]);
});

const [width, height] = [4, 4];
const pixels = new SharedArrayBuffer(11 * width * height * 3);
new Uint8Array(pixels).forEach((_, i, all) => {
  all[i] = Math.floor(i / (width * height * 3)) * 20;
});
const dataset: Dataset = {
  name: "greys",
  length: 11,
  coarseClasses: ["all"],
  fineClasses: undefined,
  coarse: new Int32Array(11),
  fine: undefined,
  ids: (i) => `${i}`,
  source: { kind: "memory", width, height, pixels },
  normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
};

/** Two features an image: its first value as a byte, and 1 where it is not padding. */
const encoder = {
  featureDim: 2,
  embed: async (images: Float32Array) => {
    const size = 3 * width * height;
    return Float32Array.from({ length: (images.length / size) * 2 }, (_, i) =>
      i % 2 ? 1 : images[Math.floor(i / 2) * size]! * 255,
    );
  },
};

test("a dataset is embedded in its own order, without the padding of the last batch", async () => {
  const done: number[] = [];
  const options = { batchSize: 4, imageSize: 4, workers: 1, progress: (count: number) => done.push(count) };
  const all = await embedDataset(encoder, dataset, options);
  expect([...all].map(Math.round)).toEqual(Array.from({ length: 22 }, (_, i) => (i % 2 ? 1 : (i / 2) * 20)));
  expect(done).toEqual([4, 8, 11]);
});

test("embedding stops when asked to, and an encoder of another batch size is refused", async () => {
  const controller = new AbortController();
  const options = { batchSize: 4, imageSize: 4, workers: 1, signal: controller.signal };
  const rest = embedBatches(encoder, dataset, options);
  expect((await rest.next()).value).toMatchObject({ count: 4, first: 0 });
  controller.abort();
  await expect(rest.next()).rejects.toThrow(/abort/);
  const wrong = { featureDim: 2, embed: async () => new Float32Array(2) };
  await expect(embedDataset(wrong, dataset, { batchSize: 4, imageSize: 4, workers: 1 })).rejects.toMatchObject({
    code: "shape",
  });
});
