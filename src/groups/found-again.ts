import { gatherRows, permutation, random, type StopSignal } from "../core/index.ts";
import { streams } from "./evidence.ts";
import { LEAST_GROUP, partition } from "./partition.ts";
import { AXES, placeImages } from "./place-images.ts";

const HALVES = 10;

/**
 * How well each group is found again in random halves of the images: the Jaccard index with the group of the half that fits
 * best, a mean over the halves (Hennig 2007).
 */
export async function foundAgain(
  rows: Float32Array,
  dim: number,
  groups: readonly Int32Array[],
  seed: number,
  signal?: StopSignal,
): Promise<number[]> {
  const n = rows.length / dim;
  const sums = groups.map(() => 0);
  for (let i = 0; i < HALVES; i++) {
    const half = permutation(n, random(seed, streams.halves, i))
      .slice(0, Math.ceil(n / 2))
      .sort();
    const own = gatherRows(rows, dim, half);
    const points = await placeImages(own, dim, seed, signal);
    const count = groups.length;
    const parts = await partition(points, AXES, { least: count, most: count }, Math.ceil(LEAST_GROUP / 2));
    const found = parts.map((part) => new Set(Array.from(part, (place) => half[place]!)));
    const inHalf = new Set(half);
    groups.forEach((group, g) => {
      const drawn = group.filter((row) => inHalf.has(row));
      sums[g]! += Math.max(...found.map((other) => jaccard(drawn, other))) / HALVES;
    });
  }
  return sums;
}

function jaccard(group: Int32Array, other: ReadonlySet<number>): number {
  const both = group.reduce((count, row) => count + Number(other.has(row)), 0);
  return both / (group.length + other.size - both || 1);
}
