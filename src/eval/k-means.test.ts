import fc from "fast-check";
import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import { clusteringAgreement } from "./clustering-agreement.ts";
import { kMeans } from "./k-means.ts";
import { normalizeRows } from "./normalize.ts";

function clouds(n: number, dim: number, k: number, noise: number, seed: number) {
  const rng = random(seed);
  const centres = Float32Array.from({ length: k * dim }, () => rng.normal());
  const labels = Int32Array.from({ length: n }, (_, i) => i % k);
  const features = Float32Array.from(
    { length: n * dim },
    (_, i) => centres[labels[Math.floor(i / dim)]! * dim + (i % dim)]! + noise * rng.normal(),
  );
  return { features, labels };
}

const squaredDistance = (rows: Float32Array, row: number, centres: Float32Array, centre: number, dim: number) => {
  let sum = 0;
  for (let d = 0; d < dim; d++) sum += (rows[row * dim + d]! - centres[centre * dim + d]!) ** 2;
  return sum;
};

test("separate clouds are found, few and many of them", async () => {
  for (const [n, k, least] of [
    [600, 5, 0.999],
    [2000, 100, 0.999],
    // Of so many a seed or two falls twice into one, as k-means++ does it.
    [6000, 600, 0.99],
  ] as const) {
    const { features, labels } = clouds(n, 32, k, 0.02, 4);
    const { clusters } = await kMeans({ features, dim: 32, k, seed: 1, threads: 1 });
    expect(clusteringAgreement(labels, clusters).ari).toBeGreaterThan(least);
  }
});

test("every row is with its nearest centre, the inertia is what it says, and never rises", async () => {
  const cases = fc.record({
    n: fc.integer({ min: 1, max: 80 }),
    dim: fc.constantFrom(2, 5),
    k: fc.integer({ min: 1, max: 12 }),
    seed: fc.nat(1000),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ n, dim, k, seed }) => {
      const { features } = clouds(n, dim, k, 0.3, seed);
      const rows = normalizeRows(features, dim);
      let before = Number.POSITIVE_INFINITY;
      for (const iterations of [1, 2, 4, 100]) {
        const o = { features, dim, k, seed, iterations, threads: 1 };
        const { clusters, centres, inertia } = await kMeans(o);
        let sum = 0;
        for (let row = 0; row < n; row++) {
          const own = squaredDistance(rows, row, centres, clusters[row]!, dim);
          for (let c = 0; c < centres.length / dim; c++) {
            expect(own).toBeLessThanOrEqual(squaredDistance(rows, row, centres, c, dim) + 1e-5);
          }
          sum += own;
        }
        expect(Math.abs(sum - inertia)).toBeLessThan(1e-5 * n);
        expect(inertia).toBeLessThanOrEqual(before + 1e-5);
        before = inertia;
      }
    }),
    { numRuns: 15 },
  );
});

test("at the end each centre is the mean of its rows", async () => {
  const { features } = clouds(500, 8, 6, 0.5, 2);
  const rows = normalizeRows(features, 8);
  const { clusters, centres, iterations } = await kMeans({ features, dim: 8, k: 6, seed: 3 });
  expect(iterations).toBeGreaterThan(2);
  for (let cluster = 0; cluster < 6; cluster++) {
    const members = [...clusters.keys()].filter((row) => clusters[row] === cluster);
    expect(members.length).toBeGreaterThan(0);
    for (let d = 0; d < 8; d++) {
      const mean = members.reduce((sum, row) => sum + rows[row * 8 + d]!, 0) / members.length;
      expect(Math.abs(centres[cluster * 8 + d]! - mean)).toBeLessThan(0.01);
    }
  }
});

test("the seed decides; fewer different rows than clusters make fewer; rows of zeros and no rows are fine", async () => {
  const { features } = clouds(200, 4, 7, 0.8, 9);
  const run = (seed: number) => kMeans({ features, dim: 4, k: 7, seed });
  expect(await run(1)).toEqual(await run(1));
  expect((await run(1)).clusters).not.toEqual((await run(2)).clusters);
  const few = Float32Array.from({ length: 40 }, (_, i) => [1, 0, 0, 3, 0, 0, 2, 0][i % 8]!);
  const { clusters, centres, inertia } = await kMeans({ features: few, dim: 2, k: 5 });
  // Directions (1, 0) and (0, 1), and no direction: (1, 0) and (2, 0) are one.
  expect(centres.length).toBe(2 * 3);
  expect(new Set(clusters).size).toBe(3);
  expect(clusters[0]).toBe(clusters[3]);
  expect(inertia).toBeLessThan(1e-5);
  expect((await kMeans({ features: new Float32Array(), dim: 2, k: 3 })).clusters).toHaveLength(0);
});

test("what cannot be clustered is refused, and an abort ends it", async () => {
  const features = new Float32Array(6);
  await expect(kMeans({ features, dim: 4, k: 2 })).rejects.toMatchObject({ code: "shape" });
  await expect(kMeans({ features, dim: 2, k: 0 })).rejects.toMatchObject({ code: "config" });
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(kMeans({ ...clouds(50, 4, 3, 0.1, 1), dim: 4, k: 3, signal })).rejects.toThrow("enough");
});
