import { silhouettes } from "./silhouettes.ts";
import { centreOf, cutTree } from "./tree.ts";
import { type Merge, ward } from "./ward.ts";

/** A group holds at least so many images of the sample. */
export const LEAST_GROUP = 10;
const MOST_ITERATIONS = 100;

/** How many groups there may be. */
export interface CountRange {
  readonly least: number;
  readonly most: number;
}

/** Fewer parts than the most are taken where their silhouette is so many times as large. */
const CLEARLY = 1.1;

/**
 * Parts of the points [n, dim]: as many as there may be at most, or fewer where their silhouette is clearly better.
 * @param leastPart fewer parts still where one would hold fewer points
 */
export async function partition(
  points: Float64Array,
  dim: number,
  { least, most }: CountRange,
  leastPart = LEAST_GROUP,
): Promise<Int32Array[]> {
  const merges = ward(points, dim);
  const partitions: Int32Array[][] = [];
  for (let count = most; count > 1 && (count >= least || partitions.length === 0); count--) {
    const parts = lloyd(points, dim, cutInto(points, dim, merges, count));
    if (parts.every((part) => part.length >= leastPart)) partitions.push(parts);
  }
  const found = await clearest(points, dim, partitions);
  return (found ?? [Int32Array.from({ length: points.length / dim }, (_, i) => i)]).sort(
    (a, b) => b.length - a.length || a[0]! - b[0]!,
  );
}

async function clearest(points: Float64Array, dim: number, partitions: Int32Array[][]) {
  if (partitions.length < 2) return partitions[0];
  const figures = await silhouettes(points, dim, partitions);
  const best = figures.indexOf(Math.max(...figures));
  return partitions[figures[best]! >= CLEARLY * figures[0]! ? best : 0];
}

function cutInto(points: Float64Array, dim: number, merges: readonly Merge[], count: number): Int32Array[] {
  return cutTree({ leaves: new Int32Array(points.length / dim), merges }, count);
}

/** Lloyd's k-means; a part that loses all its points is left out. */
function lloyd(points: Float64Array, dim: number, start: Int32Array[]): Int32Array[] {
  let parts = start;
  const partOf = new Int32Array(points.length / dim).fill(-1);
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const centres = parts.map((part) => centreOf(points, dim, part));
    const members: number[][] = centres.map(() => []);
    let moved = 0;
    partOf.forEach((old, point) => {
      const nearest = nearestCentre(points, point, dim, centres);
      members[nearest]!.push(point);
      if (nearest !== old) moved++;
      partOf[point] = nearest;
    });
    if (moved === 0) break;
    parts = members.filter((part) => part.length > 0).map((part) => Int32Array.from(part));
  }
  return parts;
}

function nearestCentre(points: Float64Array, point: number, dim: number, centres: readonly Float64Array[]): number {
  let [nearest, least] = [0, Number.POSITIVE_INFINITY];
  centres.forEach((centre, i) => {
    let sum = 0;
    for (let d = 0; d < dim; d++) sum += (points[point * dim + d]! - centre[d]!) ** 2;
    if (sum < least) [nearest, least] = [i, sum];
  });
  return nearest;
}
