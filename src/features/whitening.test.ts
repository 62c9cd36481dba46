import fc from "fast-check";
import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import { principalAxes, type Whitening, whiteningAlong } from "./index.ts";

const whiteningOf = (rows: Float32Array, dim: number, most: number, shrinkage = 1): Whitening =>
  whiteningAlong(principalAxes(rows, dim, most), shrinkage);

/**
 * Rows [n, dim] of correlated numbers around a mean, in a space of `rank` dimensions. The axes are orthogonal (a
 * reflection's): axes drawn freely may lie so near one another that the rows lose a dimension.
 */
function rowsOf(n: number, dim: number, rank: number, seed: number): Float32Array {
  const rng = random(seed);
  const normal = Array.from({ length: dim }, () => rng.normal());
  const squared = normal.reduce((sum, value) => sum + value ** 2, 0);
  const axis = (r: number, i: number) => Number(r === i) - (2 * normal[r]! * normal[i]!) / squared;
  const rows = new Float32Array(n * dim);
  for (let row = 0; row < n; row++) {
    const hidden = Array.from({ length: rank }, (_, r) => rng.normal() * (r + 1));
    for (let i = 0; i < dim; i++) {
      rows[row * dim + i] = 3 + hidden.reduce((sum, value, r) => sum + value * axis(r, i), 0);
    }
  }
  return rows;
}

function whiten(rows: Float32Array, dim: number, { mean, weight, width }: Whitening): number[][] {
  return Array.from({ length: rows.length / dim }, (_, row) =>
    Array.from({ length: width }, (_, axis) => {
      let sum = 0;
      for (let i = 0; i < dim; i++) sum += weight[axis * dim + i]! * (rows[row * dim + i]! - mean[i]!);
      return sum;
    }),
  );
}

test("whitened features have mean 0 and no correlation, mean variance 1, and keep the order of variances", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.integer(), (rank, seed) => {
      const rows = rowsOf(60, 6, rank, seed);
      const whitening = whiteningOf(rows, 6, 6);
      expect(whitening.width).toBe(rank);
      const white = whiten(rows, 6, whitening);
      const covariance = (a: number, b: number) => white.reduce((sum, row) => sum + row[a]! * row[b]!, 0) / 60;
      const axes = Array.from({ length: rank }, (_, a) => a);
      for (const a of axes) {
        expect(white.reduce((sum, row) => sum + row[a]!, 0) / 60).toBeCloseTo(0, 3);
        for (const b of axes.slice(0, a)) expect(covariance(a, b)).toBeCloseTo(0, 2);
        if (a > 0) expect(covariance(a, a)).toBeLessThanOrEqual(covariance(a - 1, a - 1) + 1e-3);
      }
      expect(axes.reduce((sum, a) => sum + covariance(a, a), 0) / rank).toBeCloseTo(1, 2);
    }),
    { numRuns: 20 },
  );
});

test("the axes of the most variance are kept", () => {
  const rng = random(1);
  const rows = Float32Array.from({ length: 300 }, (_, i) => rng.normal() * [1, 10, 3][i % 3]!);
  const { weight, width } = whiteningOf(rows, 3, 2);
  expect(width).toBe(2);
  const strongest = (row: number) =>
    [0, 1, 2].sort((a, b) => Math.abs(weight[row * 3 + b]!) - Math.abs(weight[row * 3 + a]!))[0];
  expect([strongest(0), strongest(1)]).toEqual([1, 2]);
});

test("features that do not vary have no axis", () => {
  expect(whiteningOf(new Float32Array(12).fill(2), 3, 3).width).toBe(0);
});

test("the more shrinkage, the nearer to the variances as they are", () => {
  const rng = random(2);
  const rows = Float32Array.from({ length: 600 }, (_, i) => rng.normal() * [1, 10, 3][i % 3]!);
  const ratioOf = (shrinkage: number) => {
    const white = whiten(rows, 3, whiteningOf(rows, 3, 3, shrinkage));
    const variance = (axis: number) => white.reduce((sum, row) => sum + row[axis]! ** 2, 0) / white.length;
    return variance(0) / variance(2);
  };
  expect(ratioOf(0)).toBeCloseTo(1, 2);
  const ratios = [0, 1, 10, 30, 1e6].map(ratioOf);
  expect(ratios).toEqual([...ratios].sort((a, b) => a - b));
  expect(ratios.at(-1)).toBeGreaterThan(60);
});

test("of many images whose classes alternate, all classes are whitened by", () => {
  const n = 2 * 16_384;
  // Every second row is of the other class, far away along the second axis.
  const rows = Float32Array.from({ length: 2 * n }, (_, at) => (at % 2 ? 10 * ((at >> 1) % 2) : Math.sin(at)));
  const { mean, variances } = principalAxes(rows, 2, 2);
  expect(mean[1]).toBeCloseTo(5, 0);
  expect(variances[0]).toBeCloseTo(25, 0);
});
