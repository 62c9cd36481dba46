import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import { nearestNeighbours } from "../eval/index.ts";
import { outliers } from "./outliers.ts";

const DIM = 16;

/** Rows around a direction. */
function around(axis: number, count: number, spread: number, seed: number): number[][] {
  const rng = random(seed, axis);
  return Array.from({ length: count }, () =>
    Array.from({ length: DIM }, (_, d) => (d === axis ? 1 : 0) + spread * rng.normal()),
  );
}

test("what lies between the classes stands first, and a sparse class does not", async () => {
  const strays = [6, 7, 8].map((axis) => Array.from({ length: DIM }, (_, d) => (d === axis ? 1 : 0)));
  const rows = [...around(0, 60, 0.05, 1), ...around(1, 60, 0.15, 2), ...strays];
  const features = Float32Array.from(rows.flat());
  const { ranked, unusual } = await outliers(await nearestNeighbours({ features, dim: DIM, count: 10 }));
  expect(ranked.slice(0, 3).map(({ image }) => image)).toEqual(expect.arrayContaining([120, 121, 122]));
  expect(unusual).toBeGreaterThanOrEqual(3);
  expect(unusual).toBeLessThan(15);
  const mean = (from: number) => ranked.filter(({ image }) => image >= from && image < from + 60);
  const scoreOf = (from: number) => mean(from).reduce((sum, { score }) => sum + score, 0) / 60;
  expect(scoreOf(60) / scoreOf(0)).toBeLessThan(1.2);
});

test.each([12, 80])("an image beside %i copies of one picture is no outlier", async (count) => {
  const rng = random(2);
  const vector = () => Array.from({ length: DIM }, () => rng.normal());
  const blank = vector();
  const rows = [...Array.from({ length: 300 }, vector), ...Array<number[]>(count).fill(blank)];
  rows.push(blank.map((value) => value + 0.01 * rng.normal()));
  const features = Float32Array.from(rows.flat());
  const neighbours = await nearestNeighbours({ features, dim: DIM, count: 50, threads: 1 });
  const copies = Int32Array.from(rows, (_, i) => (i >= 300 && i < 300 + count ? 0 : -1));
  const { ranked } = await outliers(neighbours, copies);
  expect(ranked.findIndex(({ image }) => image === 300 + count)).toBeGreaterThan(150);
  // Copies that nobody found lie at no distance, and the scores beside them are numbers to read.
  for (const { score } of (await outliers(neighbours)).ranked) expect(score).toBeLessThan(2000);
});

test("copies of one image, an image alone, and none at all", async () => {
  const same = new Float32Array(12 * DIM).fill(1);
  const { ranked, unusual } = await outliers(await nearestNeighbours({ features: same, dim: DIM, count: 10 }));
  expect([ranked.length, unusual, ranked.every(({ score }) => Number.isFinite(score))]).toEqual([12, 0, true]);
  const alone = await nearestNeighbours({ features: same.subarray(0, DIM), dim: DIM, count: 10 });
  expect(await outliers(alone)).toEqual({ ranked: [], unusual: 0 });
  const none = await outliers({ count: 0, rows: new Int32Array(0), similarities: new Float32Array(0) });
  expect(none.ranked).toEqual([]);
});
