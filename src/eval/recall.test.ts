import fc from "fast-check";
import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import { measureRetrieval } from "./measure-retrieval.ts";
import { type RecallOptions, ranksOf, recallAtK } from "./recall.ts";

/**
 * By definition: sort each query's other images by falling cosine similarity, equal ones by index, and look for its
 * label among the first K. Similarities in float64 of rows whose cosines are exact (entries of equal size).
 */
function naiveRecall({ features, dim, labels, ks, within }: RecallOptions & Numbered): Record<string, number> {
  const n = labels.length;
  const row = (i: number) => features.subarray(i * dim, (i + 1) * dim);
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const cosine = (i: number, j: number) => dot(row(i), row(j)) / Math.sqrt(dot(row(i), row(i)) * dot(row(j), row(j)));
  const sorted = Array.from(labels, (_, query) =>
    Array.from(labels.keys())
      .filter((i) => i !== query && (!within || within[i] === within[query]))
      .map((i) => ({ i, similarity: cosine(query, i) }))
      .sort((a, b) => b.similarity - a.similarity || a.i - b.i),
  );
  const hits = (k: number) =>
    sorted.filter((list, q) => list.slice(0, k).some(({ i }) => labels[i] === labels[q])).length;
  return Object.fromEntries(ks.map((k) => [`${k}`, hits(k) / n]));
}

/** Rows of +-1: their cosines are multiples of 1/dim, exact in float32 and full of ties and duplicates. */
const signs = (n: number, dim: number, seed: number) => {
  const rng = random(seed);
  return Float32Array.from({ length: n * dim }, () => (rng.integer(2) ? 1 : -1));
};
const labelsOf = (n: number, classes: number, seed: number) => {
  const rng = random(seed, 1);
  return Int32Array.from({ length: n }, () => rng.integer(classes));
};
const ks = [1, 2, 5, 10, 50, 100];

interface Numbered {
  readonly labels: Int32Array;
  readonly within?: Int32Array;
}

test("agrees with sorting everything, ties and duplicates included, whatever the block size", async () => {
  const cases = fc.record({
    n: fc.integer({ min: 1, max: 60 }),
    dim: fc.constantFrom(1, 4, 16),
    classes: fc.integer({ min: 1, max: 12 }),
    groups: fc.integer({ min: 1, max: 4 }),
    seed: fc.nat(),
    blockSize: fc.constantFrom(1, 3, 7, 16, 512),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ n, dim, classes, groups, seed, blockSize }) => {
      const features = signs(n, dim, seed);
      const labels = labelsOf(n, classes, seed);
      const within = labelsOf(n, groups, seed + 1);
      const o = { features, dim, labels, ks: [...ks, 3], blockSize, threads: 1 };
      expect(await recallAtK(o)).toEqual(naiveRecall(o));
      expect(await recallAtK({ ...o, within })).toEqual(naiveRecall({ ...o, within }));
    }),
    { numRuns: 60 },
  );
});

test("agrees with sorting everything across many blocks", async () => {
  const o = { features: signs(700, 16, 5), dim: 16, labels: labelsOf(700, 90, 5), ks, blockSize: 64 };
  expect(await recallAtK(o)).toEqual(naiveRecall(o));
});

test("exact duplicates of any vector tie to the bit, wherever they lie, so the lower index wins", async () => {
  // Image i, its twin n + i of another class, and a mate 2n + i of its own class, all three the same vector.
  const [n, dim] = [150, 320];
  const rng = random(3);
  const one = Float32Array.from({ length: n * dim }, () => rng.normal());
  const features = new Float32Array(3 * n * dim);
  for (let copy = 0; copy < 3; copy++) features.set(one, copy * n * dim);
  const labels = Int32Array.from({ length: 3 * n }, (_, i) => (i >= n && i < 2 * n ? n : 0) + (i % n));
  for (const [blockSize, threads] of [
    [32, 1],
    [100, 2],
    [512, 4],
    [200, 3],
  ]) {
    const [ranks] = await ranksOf({ features, dim, blockSize: blockSize!, threads: threads! }, [{ labels }]);
    // A query of 0..n sees the twin first; the mate's own list has the query first; the twin has no mate at all.
    expect([...ranks!.subarray(0, n)]).toEqual(new Array(n).fill(2));
    expect([...ranks!.subarray(n, 2 * n)]).toEqual(new Array(n).fill(0));
    expect([...ranks!.subarray(2 * n)]).toEqual(new Array(n).fill(1));
  }
});

test("a case by hand", async () => {
  // On a circle at 0, 10, 25, 90 and 100 degrees, labels a b a b b.
  const degrees = [0, 10, 25, 90, 100];
  const features = Float32Array.from(
    degrees.flatMap((d) => [3 * Math.cos((d * Math.PI) / 180), 3 * Math.sin((d * Math.PI) / 180)]),
  );
  const labels = Int32Array.from([0, 1, 0, 1, 1]);
  // 0: b10 a25 -> 2. 10: a0 a25 b90 -> 3. 25: b10 a0 -> 2. 90: b100 -> 1. 100: b90 -> 1.
  const [ranks] = await ranksOf({ features, dim: 2 }, [{ labels }]);
  expect([...ranks!]).toEqual([2, 3, 2, 1, 1]);
  expect(await recallAtK({ features, dim: 2, labels, ks: [1, 2, 3] })).toEqual({ 1: 0.4, 2: 0.8, 3: 1 });
});

test("only neighbours within the group count, as candidates and as hits", async () => {
  const features = Float32Array.from([1, 0, 1, 0.1, 1, 0.2, 1, 0.3]);
  const o = { features, dim: 2, labels: Int32Array.from([0, 1, 0, 1]), ks: [1, 2] };
  expect(await recallAtK(o)).toEqual({ 1: 0, 2: 0.5 });
  expect(await recallAtK({ ...o, within: Int32Array.from([7, 8, 7, 8]) })).toEqual({ 1: 1, 2: 1 });
  expect(await recallAtK({ ...o, within: Int32Array.from([7, 7, 8, 8]) })).toEqual({ 1: 0, 2: 0 });
});

test("K beyond the gallery, single members, empty sets and zero vectors", async () => {
  const features = Float32Array.from([1, 0, 0, 1, 1, 1]);
  expect(await recallAtK({ features, dim: 2, labels: Int32Array.from([0, 0, 1]), ks: [1, 1000] })).toEqual({
    1: 0,
    1000: 2 / 3,
  });
  expect(await recallAtK({ features, dim: 2, labels: Int32Array.from([0, 1, 2]), ks: [1, 9] })).toEqual({ 1: 0, 9: 0 });
  expect(await recallAtK({ features: new Float32Array(), dim: 2, labels: new Int32Array(), ks: [1] })).toEqual({
    1: 0,
  });
  expect(
    await recallAtK({ features: new Float32Array(6), dim: 2, labels: Int32Array.from([0, 1, 0]), ks: [1, 2] }),
  ).toEqual({
    1: 1 / 3,
    2: 2 / 3,
  });
});

test("wrong sizes and features that are not finite are refused", async () => {
  const labels = Int32Array.from([0, 0]);
  const call = (features: number[], more = {}) =>
    recallAtK({ features: Float32Array.from(features), dim: 2, labels, ks: [1], ...more });
  await expect(call([1, 2, 3])).rejects.toThrow("features: expected a multiple of 2 values, found 3");
  await expect(call([1, 2, 3, 4, 5, 6])).rejects.toMatchObject({ code: "shape" });
  await expect(call([1, 2, 3, 4], { within: new Int32Array(3) })).rejects.toMatchObject({ code: "shape" });
  await expect(call([1, 2, Number.NaN, 4])).rejects.toThrow("features of image 1: expected finite numbers");
  for (const ks of [[0], [1, 1.5], [Number.NaN]]) {
    const refused = {
      code: "config",
      message: expect.stringMatching(/^ks: expected whole numbers of at least 1, found/),
    };
    await expect(call([1, 2, 3, 4], { ks })).rejects.toMatchObject(refused);
    const o = { features: new Float32Array(4), dim: 2, labels, ks };
    await expect(measureRetrieval(o)).rejects.toMatchObject(refused);
  }
  await expect(call([1, 2, 3, 4], { threads: -1 })).rejects.toThrow("threads: expected a whole number of at least 1");
});
