import type { Breath } from "../core/breath.ts";
import { onePerStretch, type Random, random } from "../core/index.ts";

const ROUNDS = 30;
/** Rows that the directions are computed from; the others change them little. */
const MOST_ROWS = 10_000;
/** Half the length of the longer side: what UMAP starts from. */
const HALF_SIDE = 10;
const JITTER = 1e-3;

export interface StartOptions {
  readonly axes: number;
  readonly seed: number;
  readonly breath: Breath;
}

/**
 * Each row of [n, dim] on the directions of greatest variance (power iteration), [n, axes] some twenty across. A map that
 * starts from these keeps apart what is far apart (Kobak and Linderman 2021).
 */
export async function principalStart(rows: Float32Array, dim: number, o: StartOptions): Promise<Float64Array> {
  const { axes, seed, breath } = o;
  const n = rows.length / dim;
  const rng = random(seed, 0x9c0);
  const mean = new Float64Array(dim);
  for (let i = 0; i < n; i++) {
    for (let d = 0; d < dim; d++) mean[d]! += rows[i * dim + d]! / n;
    await breath();
  }
  const sample = centredSample(rows, dim, mean);
  const directions: Float64Array[] = [];
  while (directions.length < axes) {
    directions.push(await mainDirection(sample, { dim, rng, breath, besides: directions }));
  }
  const places = new Float64Array(axes * n);
  let most = Number.MIN_VALUE;
  for (let i = 0; i < n; i++) {
    for (const [axis, direction] of directions.entries()) {
      let along = 0;
      for (let d = 0; d < dim; d++) along += (rows[i * dim + d]! - mean[d]!) * direction[d]!;
      places[axes * i + axis] = along;
      most = Math.max(most, Math.abs(along));
    }
    await breath();
  }
  // Equal images must not start at one point: no force would ever part them.
  return places.map((place) => (place / most) * HALF_SIDE + JITTER * rng.normal());
}

/** Some rows, the mean taken off. */
function centredSample(rows: Float32Array, dim: number, mean: Float64Array): Float64Array {
  const sample = onePerStretch(rows.length / dim, MOST_ROWS);
  const some = new Float64Array(sample.length * dim);
  for (const [i, row] of sample.entries()) {
    for (let d = 0; d < dim; d++) some[i * dim + d] = rows[row * dim + d]! - mean[d]!;
  }
  return some;
}

async function mainDirection(
  rows: Float64Array,
  { dim, rng, breath, besides }: { dim: number; rng: Random; breath: Breath; besides: readonly Float64Array[] },
): Promise<Float64Array> {
  const start = Float64Array.from({ length: dim }, () => rng.normal());
  let current = unit(start, besides);
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Float64Array(dim);
    for (let from = 0; from < rows.length; from += dim) {
      let along = 0;
      for (let d = 0; d < dim; d++) along += rows[from + d]! * current[d]!;
      for (let d = 0; d < dim; d++) next[d]! += along * rows[from + d]!;
    }
    await breath();
    if (next.every((value) => value === 0)) break;
    current = unit(next, besides);
  }
  return current;
}

/** Length 1, and at a right angle to each of `besides`. */
function unit(vector: Float64Array, besides: readonly Float64Array[]): Float64Array {
  const product = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, d) => sum + value * b[d]!, 0);
  const rest = vector.slice();
  for (const other of besides) {
    const along = product(rest, other);
    for (let d = 0; d < rest.length; d++) rest[d]! -= along * other[d]!;
  }
  const length = Math.sqrt(product(rest, rest)) || 1;
  return rest.map((value) => value / length);
}
