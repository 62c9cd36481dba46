import type { Random } from "../core/index.ts";
import { forEachNearestCentre, type Points, SAME_POINT } from "./centre-distances.ts";
import { gatherer } from "./rows.ts";

/** The most candidates of one pass. */
const MOST_CANDIDATES = 256;

/**
 * k-means++ (Arthur and Vassilvitskii 2007): each next centre is a point drawn with probability proportional to its squared
 * distance from the nearest centre so far. Many candidates are drawn by the distances of one pass, and each is then kept with
 * the probability that its distance has left by those kept before it: the same law as one pass a centre (rejection
 * sampling), in far fewer passes. Fewer than k where fewer points differ. Gives positions in `members`.
 */
export async function chooseSeeds(points: Points, k: number, rng: Random): Promise<Int32Array> {
  const n = points.members.length;
  const squared = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const chosen: number[] = [];
  let fresh = [rng.integer(n)];
  while (fresh.length > 0) {
    chosen.push(...fresh);
    if (chosen.length >= k) break;
    await forEachNearestCentre(points, rowsAt(points, fresh), (point, _, distance) => {
      if (distance < squared[point]!) squared[point] = distance;
    });
    for (const seed of fresh) squared[seed] = 0;
    fresh = thinned(points, squared, draw(squared, Math.min(k - chosen.length, MOST_CANDIDATES), rng), rng);
  }
  return Int32Array.from(chosen);
}

/** Copies of the points at these positions, [count, dim]. */
export function rowsAt(points: Points, positions: readonly number[] | Int32Array): Float32Array {
  const members = Int32Array.from(positions, (position) => points.members[position]!);
  return gatherer({ ...points, members })(0, members.length, 0).slice();
}

/** `count` places drawn by weight, with replacement; none where no weight is left. */
function draw(weights: Float64Array, count: number, rng: Random): number[] {
  let total = 0;
  const cumulative = weights.map((weight) => {
    total += weight;
    return total;
  });
  return total === 0 ? [] : Array.from({ length: count }, () => place(cumulative, rng.uniform() * total));
}

/** Rejects candidates that are too near to one kept before; the first is always kept. */
function thinned(points: Points, squared: Float64Array, candidates: readonly number[], rng: Random): number[] {
  const rows = rowsAt(points, candidates);
  const kept: number[] = [];
  candidates.forEach((candidate, i) => {
    const drawn = squared[candidate]!;
    const now = kept.reduce((least, other) => Math.min(least, squaredDistance(rows, i, other, points.dim)), drawn);
    if (rng.uniform() * drawn < now) kept.push(i);
  });
  return kept.map((i) => candidates[i]!);
}

function squaredDistance(rows: Float32Array, a: number, b: number, dim: number): number {
  let sum = 0;
  for (let d = 0; d < dim; d++) sum += (rows[a * dim + d]! - rows[b * dim + d]!) ** 2;
  return sum < SAME_POINT ? 0 : sum;
}

/** The first place whose cumulative weight is above `at`. */
function place(cumulative: Float64Array, at: number): number {
  let [low, high] = [0, cumulative.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
