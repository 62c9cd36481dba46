import { centreOf, cutTree } from "./tree.ts";
import { type Merge, ward } from "./ward.ts";

/** A group holds at least so many images of the sample. */
export const LEAST_GROUP = 10;
const MOST_ITERATIONS = 100;

/**
 * Parts of the points [n, dim]: Ward's tree cut into `count`, then k-means from the means of its parts. Fewer parts where one
 * would hold too few. Largest first; the one with the first point among equals.
 */
export function partition(points: Float64Array, dim: number, count: number, least = LEAST_GROUP): Int32Array[] {
  const merges = ward(points, dim);
  for (let parts = count; parts > 1; parts--) {
    const found = lloyd(points, dim, cutInto(points, dim, merges, parts));
    if (found.every((part) => part.length >= least)) {
      return found.sort((a, b) => b.length - a.length || a[0]! - b[0]!);
    }
  }
  return [Int32Array.from({ length: points.length / dim }, (_, i) => i)];
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
