import type { Random } from "../core/index.ts";
import { forEachNearestCentre, type Points } from "./centre-distances.ts";
import { gatherer } from "./rows.ts";

/**
 * k-means++ (Arthur and Vassilvitskii 2007): each next centre is a point drawn with probability proportional to its squared
 * distance from the nearest centre so far. From the 16th on, an eighth as many as there are is drawn at a time from the
 * same distances, so that thousands of centres take some dozens of passes. Fewer than k where fewer points differ.
 * Gives positions in `members`.
 */
export async function chooseSeeds(points: Points, k: number, rng: Random): Promise<Int32Array> {
  const n = points.members.length;
  const chosen = [rng.integer(n)];
  const squared = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  let fresh = [...chosen];
  while (chosen.length < k) {
    await forEachNearestCentre(points, rowsAt(points, fresh), (point, _, distance) => {
      if (distance < squared[point]!) squared[point] = distance;
    });
    for (const seed of fresh) squared[seed] = 0;
    fresh = draw(squared, Math.min(k - chosen.length, Math.max(1, chosen.length >> 3)), rng);
    if (fresh.length === 0) break;
    chosen.push(...fresh);
  }
  return Int32Array.from(chosen);
}

/** Copies of the points at these positions, [count, dim]. */
export function rowsAt(points: Points, positions: readonly number[] | Int32Array): Float32Array {
  const members = Int32Array.from(positions, (position) => points.members[position]!);
  return gatherer({ ...points, members })(0, members.length, 0).slice();
}

/** Up to `count` different places drawn by weight; those drawn a second time are dropped. */
function draw(weights: Float64Array, count: number, rng: Random): number[] {
  let total = 0;
  const cumulative = weights.map((weight) => {
    total += weight;
    return total;
  });
  if (total === 0) return [];
  return [...new Set(Array.from({ length: count }, () => place(cumulative, rng.uniform() * total)))];
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
