import { breathing } from "../core/breath.ts";

/**
 * How much nearer the points [n, dim] lie to their own part than to the next one: (b - a) / max(a, b) of the mean distances a
 * and b, from -1 to 1, a mean over the points (Rousseeuw 1987). One figure for each partition.
 * @param partitions each in two parts or more, which together hold every point once
 */
export async function silhouettes(
  points: Float64Array,
  dim: number,
  partitions: readonly (readonly Int32Array[])[],
): Promise<number[]> {
  const n = points.length / dim;
  const sets = partitions.map((parts) => {
    const partOf = new Int32Array(n);
    parts.forEach((part, number) => {
      for (const point of part) partOf[point] = number;
    });
    return { partOf, sizes: parts.map(({ length }) => length), sums: new Float64Array(parts.length), total: 0 };
  });
  const distances = new Float64Array(n);
  const breath = breathing();
  for (let point = 0; point < n; point++) {
    await breath();
    for (let other = 0; other < n; other++) distances[other] = distance(points, dim, point, other);
    for (const set of sets) {
      set.sums.fill(0);
      for (let other = 0; other < n; other++) set.sums[set.partOf[other]!]! += distances[other]!;
      set.total += silhouetteOf(set.partOf[point]!, set.sums, set.sizes);
    }
  }
  return sets.map(({ total }) => total / n);
}

/** 0 for the only point of a part. */
function silhouetteOf(own: number, sums: Float64Array, sizes: readonly number[]): number {
  if (sizes[own] === 1) return 0;
  const within = sums[own]! / (sizes[own]! - 1);
  let nearest = Number.POSITIVE_INFINITY;
  sizes.forEach((size, part) => {
    if (part !== own) nearest = Math.min(nearest, sums[part]! / size);
  });
  return (nearest - within) / (Math.max(within, nearest) || 1);
}

function distance(points: Float64Array, dim: number, a: number, b: number): number {
  let sum = 0;
  for (let d = 0; d < dim; d++) sum += (points[a * dim + d]! - points[b * dim + d]!) ** 2;
  return Math.sqrt(sum);
}
