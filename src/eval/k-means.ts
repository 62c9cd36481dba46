import { random } from "../core/index.ts";
import { checkWholeNumber, countRows } from "./arguments.ts";
import { forEachNearestCentre, type Points } from "./centre-distances.ts";
import type { Effort } from "./effort.ts";
import { chooseSeeds, rowsAt } from "./k-means-seeds.ts";
import { rowScales } from "./normalize.ts";
import { createSimilarity } from "./similarity.ts";

export const kMeansLimits = { iterations: 100, tolerance: 1e-5 } as const;

/** What `kMeans` clusters, and for how long. */
export interface KMeansOptions extends Pick<Effort, "signal"> {
  /** [n, dim], any length of rows: they are compared at length 1. */
  readonly features: Float32Array;
  /** Width of a row. */
  readonly dim: number;
  /** Clusters to find. */
  readonly k: number;
  /** Chooses the first centres; 0 by default. */
  readonly seed?: number;
  /** At most, 100 by default. */
  readonly iterations?: number;
  /** Threads of matrix products; all cores by default. */
  readonly threads?: number | undefined;
}

/** Clusters that k-means found. */
export interface Clustering {
  /** [n] */
  readonly clusters: Int32Array;
  /** [k, dim]; fewer than k where fewer rows differ. */
  readonly centres: Float32Array;
  /** Sum of the squared distances of the rows to their centres. */
  readonly inertia: number;
  readonly iterations: number;
}

/**
 * Lloyd's k-means of the rows at length 1, from k-means++ seeds, the same for the same seed. Ends when no
 * row changes its cluster, when the inertia falls by less than 1e-5 of itself, or at the limit of iterations.
 * @param options what is clustered, and for how long
 * @throws MaskconError "shape" where sizes disagree, "data" where a feature is not finite, "config" where k or another number
 * is out of its range
 */
export async function kMeans({
  features,
  dim,
  k,
  seed = 0,
  threads,
  signal,
  iterations,
}: KMeansOptions): Promise<Clustering> {
  const n = countRows(features, dim);
  checkWholeNumber("k", k);
  checkWholeNumber("seed", seed, Number.MIN_SAFE_INTEGER);
  if (iterations !== undefined) checkWholeNumber("iterations", iterations);
  const similarity = await createSimilarity(dim, threads);
  try {
    const members = Int32Array.from({ length: n }, (_, i) => i);
    const between = () => signal?.throwIfAborted();
    const points = { similarity, features, scales: rowScales(features, dim), dim, members, between };
    return await clusterPoints(points, { k, seed, ...(iterations === undefined ? {} : { iterations }) });
  } finally {
    await similarity.close();
  }
}

/** `kMeans` of some rows: `clusters` goes by position in `points.members`. `each` is called after every iteration. */
export async function clusterPoints(
  points: Points,
  o: { k: number; seed: number; iterations?: number; each?: () => void },
): Promise<Clustering> {
  const n = points.members.length;
  if (n === 0) return { clusters: new Int32Array(0), centres: new Float32Array(0), inertia: 0, iterations: 0 };
  const most = o.iterations ?? kMeansLimits.iterations;
  let centres = rowsAt(points, await chooseSeeds(points, Math.min(o.k, n), random(o.seed, o.k)));
  const clusters = new Int32Array(n).fill(-1);
  const squared = new Float64Array(n);
  let inertia = Number.POSITIVE_INFINITY;
  for (let iteration = 1; ; iteration++) {
    const pass = await assign(points, centres, clusters, squared);
    o.each?.();
    const still = pass.moved === 0 || inertia - pass.inertia <= kMeansLimits.tolerance * pass.inertia;
    inertia = pass.inertia;
    if (still || iteration >= most) return { clusters, centres, inertia, iterations: iteration };
    fillEmpty(points, pass, clusters, squared);
    centres = Float32Array.from(pass.sums, (sum, i) => sum / Math.max(1, pass.sizes[Math.floor(i / points.dim)]!));
  }
}

interface Pass {
  readonly moved: number;
  readonly inertia: number;
  /** [k, dim] and [k] of the new clusters. */
  readonly sums: Float64Array;
  readonly sizes: Int32Array;
}

/** Puts every point into the cluster of its nearest centre. */
async function assign(
  points: Points,
  centres: Float32Array,
  clusters: Int32Array,
  squared: Float64Array,
): Promise<Pass> {
  const { dim } = points;
  const sums = new Float64Array(centres.length);
  const sizes = new Int32Array(centres.length / dim);
  let [moved, inertia] = [0, 0];
  await forEachNearestCentre(points, centres, (point, centre, distance, row) => {
    if (clusters[point] !== centre) moved++;
    clusters[point] = centre;
    squared[point] = distance;
    inertia += distance;
    sizes[centre]!++;
    const at = centre * dim;
    for (let d = 0; d < dim; d++) sums[at + d]! += row[d]!;
  });
  return { moved, inertia, sums, sizes };
}

/** An empty cluster takes the point farthest from its centre, out of a cluster that has others; as scikit-learn does. */
function fillEmpty(points: Points, { sums, sizes }: Pass, clusters: Int32Array, squared: Float64Array): void {
  const { dim } = points;
  sizes.forEach((size, cluster) => {
    if (size > 0) return;
    const point = farthest(squared, (candidate) => sizes[clusters[candidate]!]! > 1);
    if (point < 0) return;
    const row = rowsAt(points, [point]);
    const old = clusters[point]!;
    for (let d = 0; d < dim; d++) {
      sums[old * dim + d]! -= row[d]!;
      sums[cluster * dim + d] = row[d]!;
    }
    sizes[old]!--;
    sizes[cluster] = 1;
    clusters[point] = cluster;
    squared[point] = 0;
  });
}

function farthest(squared: Float64Array, may: (point: number) => boolean): number {
  let [point, most] = [-1, 0];
  for (let i = 0; i < squared.length; i++) {
    if (squared[i]! > most && may(i)) [point, most] = [i, squared[i]!];
  }
  return point;
}
