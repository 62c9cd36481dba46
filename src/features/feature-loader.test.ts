import { afterAll, beforeAll, expect, test } from "vitest";
import { noiseImages } from "../../test/noise-images.ts";
import { random } from "../core/index.ts";
import { createTrainLoader, type TrainLoader } from "../data/index.ts";
import type { FeatureCache } from "./feature-cache.ts";
import { createFeatureLoader } from "./feature-loader.ts";

const dataset = noiseImages(50, 4);

/** A cache of four views of each kind, whose features say what they are of: [kind, image, view]. */
const cache: FeatureCache = {
  ...{ featureDim: 3, views: 8, key: "", folder: "", bytes: 0 },
  clean: () => Promise.reject(new Error("not asked for")),
  prepareViews: async () => undefined,
  read: (kind, images, view, out) => {
    for (const [i, image] of images.entries()) out.set([kind === "strong" ? 0 : 1, image, view[i]!], 3 * i);
  },
  close: async () => undefined,
};
const options = { cache, dataset, batchSize: 12, seed: 5 };

async function collect(loader: TrainLoader, epoch: number, first = 0) {
  const all = [];
  for await (const { query, key, coarseLabels, indices, release } of loader.epoch(epoch, first)) {
    all.push({ query: [...query], key: [...key], coarseLabels: [...coarseLabels], indices: [...indices] });
    release();
  }
  return all;
}

let pixels: TrainLoader;
beforeAll(async () => {
  pixels = await createTrainLoader({ ...options, imageSize: 4, weak: "crop-flip", strong: "crop-flip", workers: 1 });
});
afterAll(() => pixels.close());

test("images come in the order of those that are trained on as pixels", async () => {
  const loader = createFeatureLoader(options);
  expect(loader.batchesPerEpoch).toBe(pixels.batchesPerEpoch);
  for (const epoch of [0, 3]) {
    const [found, expected] = [await collect(loader, epoch), await collect(pixels, epoch)];
    expect(found.map(({ indices }) => indices)).toEqual(expected.map(({ indices }) => indices));
    expect(found.map(({ coarseLabels }) => coarseLabels)).toEqual(expected.map(({ coarseLabels }) => coarseLabels));
  }
});

test("an epoch is the same from any batch on, whatever came before", async () => {
  const loader = createFeatureLoader(options);
  const whole = await collect(loader, 2);
  await collect(loader, 1, 3);
  expect(await collect(loader, 2, 2)).toEqual(whole.slice(2));
  expect(await collect(createFeatureLoader(options), 2)).toEqual(whole);
  expect(await collect(createFeatureLoader({ ...options, seed: 6 }), 2)).not.toEqual(whole);
});

test("a view is the one that its image's own random numbers name", async () => {
  for (const { query, key, indices } of await collect(createFeatureLoader(options), 1)) {
    for (const [i, image] of indices.entries()) {
      expect(query[3 * i + 2]).toBe(random(5, 1, image, 0).integer(4));
      expect(key[3 * i + 2]).toBe(random(5, 1, image, 1).integer(4));
    }
  }
});

test("the query is a strong view and the key a weak one of the same image, all of them in the end", async () => {
  const loader = createFeatureLoader(options);
  const seen = new Set<string>();
  let equal = 0;
  for (let epoch = 0; epoch < 20; epoch++) {
    for (const { query, key, indices } of await collect(loader, epoch)) {
      for (const [i, image] of indices.entries()) {
        const [strong, weak] = [query, key].map((rows) => rows.slice(3 * i, 3 * i + 3)) as [number[], number[]];
        expect([...strong.slice(0, 2), ...weak.slice(0, 2)]).toEqual([0, image, 1, image]);
        seen.add(`strong ${strong[2]}`).add(`weak ${weak[2]}`);
        if (strong[2] === weak[2]) equal++;
      }
    }
  }
  expect(seen.size).toBe(8);
  // Drawn apart, a quarter of the pairs have one number: 240 of 960, with a deviation of 13.
  expect(Math.abs(equal - 240)).toBeLessThan(60);
});

test("of several crops the query has as many strong views of each image, different ones up to all that there are", async () => {
  const single = await collect(createFeatureLoader(options), 2);
  for (const crops of [2, 4, 7]) {
    const batches = await collect(createFeatureLoader({ ...options, crops }), 2);
    for (const [b, { query, key, indices }] of batches.entries()) {
      expect(query.length).toBe(crops * 12 * 3);
      expect([query.slice(0, 36), key, indices]).toEqual([single[b]!.query, single[b]!.key, single[b]!.indices]);
      for (const [i, image] of indices.entries()) {
        const rows = Array.from({ length: crops }, (_, crop) =>
          query.slice(3 * (12 * crop + i), 3 * (12 * crop + i) + 3),
        );
        for (const [kind, of] of rows) expect([kind, of]).toEqual([0, image]);
        const views = rows.map((row) => row[2]!);
        expect(new Set(views.slice(0, 4)).size).toBe(Math.min(crops, 4));
        expect(new Set(views.slice(4)).size).toBe(Math.max(0, crops - 4));
      }
    }
    expect(await collect(createFeatureLoader({ ...options, crops }), 2, 1)).toEqual(batches.slice(1));
  }
});

test("every pair of views of an image comes up as its two crops", async () => {
  const pairs = new Set<string>();
  for (let epoch = 0; epoch < 8; epoch++) {
    for (const { query, indices } of await collect(createFeatureLoader({ ...options, crops: 2 }), epoch)) {
      for (const i of indices.keys()) pairs.add(`${query[3 * i + 2]} ${query[3 * (12 + i) + 2]}`);
    }
  }
  expect(pairs.size).toBe(4 * 3);
});

test("what cannot be cut into batches is refused", async () => {
  expect(() => createFeatureLoader({ ...options, batchSize: 51 })).toThrow("at least one batch of 51 training images");
  await expect(collect(createFeatureLoader(options), 0, 5)).rejects.toMatchObject({ code: "config" });
  expect(() => createFeatureLoader({ ...options, crops: 0 })).toThrow("crops: expected a whole number from 1 to 1024");
});
