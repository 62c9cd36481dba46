import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import { bootstrapMeans } from "./bootstrap.ts";

const column = (n: number, value: (i: number) => number) => Float32Array.from({ length: n }, (_, i) => value(i));

test("what does not vary has no width, and no rows have no interval", async () => {
  expect(
    await bootstrapMeans(
      column(50, () => 0.25),
      1,
    ),
  ).toEqual([[0.25, 0.25]]);
  expect(await bootstrapMeans(new Float32Array(), 3)).toBeUndefined();
});

test("the same seed gives the same ends, another seed others; columns share their draws", async () => {
  const rng = random(1);
  const values = column(200, () => rng.uniform());
  const paired = Float32Array.from({ length: 400 }, (_, i) => (i % 2 ? 1 - values[i >> 1]! : values[i >> 1]!));
  const [first] = (await bootstrapMeans(values, 1, { seed: 5 }))!;
  expect(await bootstrapMeans(values, 1, { seed: 5 })).toEqual([first]);
  expect(await bootstrapMeans(values, 1, { seed: 6 })).not.toEqual([first]);
  const [same, mirrored] = (await bootstrapMeans(paired, 2, { seed: 5 }))!;
  expect(same).toEqual(first);
  expect(mirrored![0]).toBeCloseTo(1 - same![1], 5);
});

test("of a share, the ends are those of the binomial distribution", async () => {
  const [[low, high]] = (await bootstrapMeans(
    column(1000, (i) => Number(i % 10 < 3)),
    1,
    { resamples: 4000 },
  )) as [readonly [number, number]];
  const half = 1.96 * Math.sqrt((0.3 * 0.7) / 1000);
  expect(low).toBeCloseTo(0.3 - half, 2);
  expect(high).toBeCloseTo(0.3 + half, 2);
});

test.each([
  ["a share of 0.3", 0.3, (u: number) => Number(u < 0.3)],
  ["a skewed measure, mean 1/3", 1 / 3, (u: number) => u * u],
])("intervals cover the true mean of %s as often as they promise", async (_, mean, draw) => {
  let [covered, narrow] = [0, 0];
  const trials = 300;
  for (let trial = 0; trial < trials; trial++) {
    const rng = random(11, trial);
    const values = column(150, () => draw(rng.uniform()));
    const [[low, high]] = (await bootstrapMeans(values, 1, { resamples: 200, seed: trial })) as [
      readonly [number, number],
    ];
    covered += Number(low <= mean && mean <= high);
    const [[low80, high80]] = (await bootstrapMeans(values, 1, { resamples: 200, seed: trial, coverage: 0.8 })) as [
      readonly [number, number],
    ];
    narrow += Number(low80 <= mean && mean <= high80);
  }
  // 0.95 of 300: standard deviation 0.013; a little less for small samples and few resamples.
  expect(covered / trials).toBeGreaterThan(0.9);
  expect(covered / trials).toBeLessThan(0.985);
  expect(narrow / trials).toBeGreaterThan(0.72);
  expect(narrow / trials).toBeLessThan(0.87);
});
