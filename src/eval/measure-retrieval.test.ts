import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import type { EvalProgress } from "./effort.ts";
import { type MeasureOptions, measureRetrieval } from "./measure-retrieval.ts";
import { recallAtK } from "./recall.ts";

type Numbered = MeasureOptions & { readonly labels: Int32Array; readonly within?: Int32Array };

/** By definition: every list is sorted in full, in float64; exact for rows of +-1. */
function naive({ features, dim, labels, ks, within }: Numbered) {
  const n = labels.length;
  const cosine = (a: number, b: number) => {
    let sum = 0;
    for (let d = 0; d < dim; d++) sum += features[a * dim + d]! * features[b * dim + d]!;
    return sum / dim;
  };
  const lists = Array.from(labels, (own, query) =>
    Array.from(labels.keys())
      .filter((i) => i !== query && (!within || within[i] === within[query]))
      .map((i) => ({ i, label: labels[i]!, right: labels[i] === own, similarity: cosine(query, i) }))
      .sort((a, b) => b.similarity - a.similarity || a.i - b.i),
  );
  type List = (typeof lists)[number];
  const hits = (list: List, k: number) => list.slice(0, k).filter(({ right }) => right).length;
  const mean = (score: (list: List, query: number) => number) => lists.reduce((sum, l, q) => sum + score(l, q), 0) / n;
  const averagePrecision = (list: List) => {
    const matches = hits(list, n);
    const precisions = list.slice(0, matches).map(({ right }, i) => (right ? hits(list, i + 1) / (i + 1) : 0));
    return matches === 0 ? 0 : precisions.reduce((a, b) => a + b, 0) / matches;
  };
  const voted = (list: List, query: number) => {
    const weight = (label: number) =>
      list.slice(0, 20).reduce((sum, l) => sum + (l.label === label ? Math.exp(l.similarity / 0.07) : 0), 0);
    const candidates = [...new Set(list.slice(0, 20).map(({ label }) => label))];
    const most = Math.max(...candidates.map(weight));
    return hits(list, n) > 0 && candidates.find((label) => weight(label) === most) === labels[query] ? 1 : 0;
  };
  return {
    recall: ks.map((k) => mean((list) => Math.min(1, hits(list, k)))),
    precision: ks.map((k) => mean((list) => (list.length === 0 ? 0 : hits(list, k) / Math.min(k, list.length)))),
    mapAtR: mean(averagePrecision),
    knn: mean(voted),
    alone: lists.filter((list) => hits(list, n) === 0).length,
  };
}

const signs = (n: number, dim: number, seed: number) => {
  const rng = random(seed);
  return Float32Array.from({ length: n * dim }, () => (rng.integer(2) ? 1 : -1));
};
const labelsOf = (n: number, classes: number, seed: number) => {
  const rng = random(seed, 1);
  return Int32Array.from({ length: n }, () => rng.integer(classes));
};

async function expectAgreement(o: Numbered) {
  const measured = await measureRetrieval(o);
  const expected = naive(o);
  const recall = o.ks.map((k) => measured.recall[k]!);
  const precision = o.ks.map((k) => measured.precision[k]!);
  expect(recall).toEqual(expected.recall);
  expect(measured.knn).toBe(expected.knn);
  expect(measured.alone).toBe(expected.alone);
  // Kept as float32 for every query.
  const close = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThan(1e-6);
  precision.forEach((value, i) => void close(value, expected.precision[i]!));
  close(measured.mapAtR, expected.mapAtR);
  expect(measured.recall).toEqual(await recallAtK(o));
}

test("agrees with the definitions: ties, duplicates, lone images, one class, K beyond the gallery", async () => {
  const cases = fc.record({
    n: fc.integer({ min: 1, max: 60 }),
    dim: fc.constantFrom(1, 4, 16),
    classes: fc.integer({ min: 1, max: 12 }),
    groups: fc.integer({ min: 1, max: 4 }),
    memory: fc.constantFrom(1, 10_000, 2 ** 24),
    seed: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ n, dim, classes, groups, memory, seed }) => {
      const o = { features: signs(n, dim, seed), dim, labels: labelsOf(n, classes, seed), memory, threads: 1 };
      await expectAgreement({ ...o, ks: [1, 3, 10, 100] });
      await expectAgreement({ ...o, ks: [2, 5], within: labelsOf(n, groups, seed + 1) });
    }),
    { numRuns: 40 },
  );
});

test("agrees with the definitions where lists are cut", async () => {
  const n = 900;
  await expectAgreement({
    features: signs(n, 16, 5),
    dim: 16,
    labels: labelsOf(n, 3, 5),
    ks: [1, 10, 100],
    memory: 1e6,
  });
});

test("a case by hand", async () => {
  // On a circle at 0, 10, 25, 90 and 100 degrees, labels a b a b b.
  const degrees = [0, 10, 25, 90, 100];
  const features = Float32Array.from(
    degrees.flatMap((d) => [3 * Math.cos((d * Math.PI) / 180), 3 * Math.sin((d * Math.PI) / 180)]),
  );
  const labels = Int32Array.from([0, 1, 0, 1, 1]);
  const measured = await measureRetrieval({ features, dim: 2, labels, ks: [1, 2] });
  // Lists: 0: b a b b, 10: a a b b, 25: b a b b, 90: b a b a, 100: b a b a.
  expect(measured.recall).toEqual({ 1: 2 / 5, 2: 4 / 5 });
  expect(measured.precision).toEqual({ 1: 2 / 5, 2: (0.5 + 0 + 0.5 + 0.5 + 0.5) / 5 });
  // R is 1 for a and 2 for b: AP 0, 0, 0, 1/2, 1/2.
  expect(measured.mapAtR).toBeCloseTo(0.2, 7);
  // All four others vote, the nearest weighing most: b, a, b, b, b.
  expect(measured.knn).toBe(2 / 5);
  expect(measured).toMatchObject({ images: 5, alone: 0 });
});

test("MAP@R of the worked example of its authors: matches at places 1 and 10 of R = 10 score below ten at the front", async () => {
  // One query at angle 0 and ten mates; the other class fills the places between. AP = (1/1 + 2/10) / 10 = 0.12.
  const mates = [1, 10, ...[21, 22, 23, 24, 25, 26, 27, 28]];
  const others = [2, 3, 4, 5, 6, 7, 8, 9, 11, 12];
  const angles = [0, ...mates, ...others].map((degrees) => (degrees * Math.PI) / 180);
  const features = Float32Array.from(angles.flatMap((a) => [Math.cos(a), Math.sin(a)]));
  const labels = Int32Array.from(angles, (_, i) => (i <= 10 ? 0 : i));
  const measured = await measureRetrieval({ features, dim: 2, labels, ks: [1] });
  const naiveMean = naive({ features: features.map((x) => x * Math.SQRT2), dim: 2, labels, ks: [1] }).mapAtR;
  expect(measured.mapAtR).toBeCloseTo(naiveMean, 6);
  expect(measured.alone).toBe(10);
});

test("similarities decide a vote, and of equal sums the nearer neighbour", async () => {
  // Query 0 is the first row; one exact duplicate of label 1 outweighs three distant rows of its own label.
  const o = { dim: 2, ks: [1] };
  const near = Float32Array.from([1, 0, 1, 0, 0, 1, 0, 1, 0, 1]);
  const weighted = await measureRetrieval({ ...o, features: near, labels: Int32Array.from([0, 1, 0, 0, 0]) });
  // The three mates have each other; the query and its duplicate are wrong.
  expect(weighted.knn).toBe(3 / 5);
  // Two neighbours, the same distance: the lower index wins, which is the mate for row 1 only in the second labelling.
  const same = Float32Array.from([1, 0, 1, 0, 1, 0]);
  expect((await measureRetrieval({ ...o, features: same, labels: Int32Array.from([0, 0, 1]) })).knn).toBe(2 / 3);
  expect((await measureRetrieval({ ...o, features: same, labels: Int32Array.from([0, 1, 0]) })).knn).toBe(1 / 3);
});

test("duplicates of any vector tie as in recallAtK, of any size of rows", async () => {
  const [n, dim] = [70, 320];
  const rng = random(3);
  const one = Float32Array.from({ length: n * dim }, () => rng.normal());
  const features = new Float32Array(4 * n * dim);
  for (let copy = 0; copy < 4; copy++) features.set(one, copy * n * dim);
  const labels = Int32Array.from({ length: 4 * n }, (_, i) => (Math.floor(i / n) % 2 ? 1000 : 0) + (i % n));
  for (const threads of [1, 2]) {
    for (const memory of [2 ** 17, 2 ** 22]) {
      const o = { features, dim, labels, ks: [1, 2, 3, 50], threads };
      const measured = await measureRetrieval({ ...o, memory });
      expect(measured.recall).toEqual(await recallAtK(o));
      expect(measured.recall["1"]).toBe(0.25);
    }
  }
});

test("memory stays within the budget, however large the classes", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const held = () => {
    // The runtime leaves a copy of each result behind. Buffers are swept beside the program: a second call waits for the first's.
    collect();
    collect();
    return process.memoryUsage().arrayBuffers;
  };
  const [n, dim, memory] = [5000, 16, 4 * 2 ** 20];
  const rng = random(7);
  const features = Float32Array.from({ length: n * dim }, () => rng.normal());
  const labels = Int32Array.from({ length: n }, (_, i) => i % 2);
  const before = held();
  let [most, events, done, total] = [0, 0, 0, -1];
  const progress = (event: EvalProgress) => {
    if (events++ % 40 === 0) most = Math.max(most, held() - before);
    [done, total] = [event.done, event.total];
  };
  const measured = await measureRetrieval({ features, dim, labels, ks: [1, 100], memory, threads: 1, progress });
  expect(measured.mapAtR).toBeGreaterThan(0.2);
  expect([done, total]).toEqual([n * n, n * n]);
  expect(events).toBeGreaterThan(100);
  // Lists, a tile of 1 MB, its rows and what is being freed; the matrix or all lists at once would take 100 MB.
  expect(most).toBeGreaterThan(memory / 2);
  expect(most).toBeLessThan(memory + 12 * 2 ** 20);
});

test("an abort ends the search between two products", async () => {
  const controller = new AbortController();
  const options = { features: signs(5000, 4, 1), dim: 4, labels: labelsOf(5000, 9, 1), ks: [1], memory: 1e6 };
  let last = 0;
  const progress = ({ done }: { done: number }) => {
    last = done;
    controller.abort(new Error("enough"));
  };
  const work = measureRetrieval({ ...options, signal: controller.signal, progress });
  await expect(work).rejects.toThrow("enough");
  expect(last).toBeLessThan(5000 * 5000);
  await expect(recallAtK({ ...options, signal: controller.signal })).rejects.toThrow("enough");
});

test("recall tells how far it is", async () => {
  const events: number[][] = [];
  const o = { features: signs(900, 4, 1), dim: 4, labels: labelsOf(900, 9, 1), ks: [1], blockSize: 100 };
  const within = labelsOf(900, 4, 2);
  for (const more of [{}, { within }]) {
    await recallAtK({ ...o, ...more, progress: ({ done, total }) => events.push([done, total]) });
    const [done, total] = events.at(-1)!;
    expect(done).toBe(total);
    expect(events.length).toBeGreaterThan(10);
  }
});

test("sizes that disagree are refused", async () => {
  const o = { features: new Float32Array(6), dim: 2, labels: new Int32Array(2), ks: [1] };
  await expect(measureRetrieval(o)).rejects.toMatchObject({ code: "shape" });
  const nan = { ...o, features: Float32Array.from([1, 2, Number.NaN, 1]) };
  await expect(measureRetrieval(nan)).rejects.toMatchObject({ code: "data" });
  expect(await measureRetrieval({ ...o, features: new Float32Array(), labels: new Int32Array() })).toMatchObject({
    images: 0,
    mapAtR: 0,
  });
});
