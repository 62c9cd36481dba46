/**
 * GEORGE's rule for subclasses (Sohoni et al. 2020, arXiv 2011.12945), the baseline of bench/groups.ts: UMAP, then k-means of
 * the k from 2 to 10 with the best silhouette, a mean over the clusters; then each cluster is cut into five, and a part is
 * kept where its silhouette is better than before. Its classifier's losses, by which it drops further parts, are not known
 * here.
 */
import { UMAP } from "umap-js";
import { type Random, random } from "../src/core/index.ts";

const MOST_CLUSTERS = 10;
const PARTS = 5;
const STARTS = 3;
const LEAST_PART = 25;

type Points = readonly (readonly number[])[];

interface Clustered {
  readonly score: number;
  readonly clusters: Int32Array;
}

/** [n] clusters of rows [n, dim]. */
export function george(rows: Float32Array, dim: number, seed: number): Int32Array {
  const rng = random(seed, 0x9e0);
  const n = rows.length / dim;
  const vectors = Array.from({ length: n }, (_, i) => Array.from(rows.subarray(i * dim, (i + 1) * dim)));
  const umap = new UMAP({ nComponents: 2, nNeighbors: Math.min(15, n - 1), minDist: 0, random: () => rng.uniform() });
  const points: Points = umap.fit(vectors);
  return overclustered(points, bestBySilhouette(points, rng), rng);
}

function bestBySilhouette(points: Points, rng: Random): Int32Array {
  let best: Clustered = { score: Number.NEGATIVE_INFINITY, clusters: new Int32Array(points.length) };
  for (let k = 2; k <= Math.min(MOST_CLUSTERS, points.length - 1); k++) {
    const clusters = kMeans(points, k, rng);
    const means = meansBy(clusters, silhouettes(points, clusters));
    const score = [...means.values()].reduce((sum, value) => sum + value, 0) / means.size;
    if (score >= best.score) best = { score, clusters };
  }
  return best.clusters;
}

function overclustered(points: Points, clusters: Int32Array, rng: Random): Int32Array {
  const parts = clusters.slice();
  for (const cluster of new Set(clusters)) {
    const members = [...clusters.keys()].filter((i) => clusters[i] === cluster);
    const own = kMeans(
      members.map((i) => points[i]!),
      Math.min(PARTS, members.length),
      rng,
    );
    members.forEach((i, place) => {
      parts[i] = cluster * PARTS + own[place]!;
    });
  }
  const before = meansBy(parts, silhouettes(points, clusters));
  const after = meansBy(parts, silhouettes(points, parts));
  const sizes = meansBy(parts, new Float64Array(points.length).fill(1), false);
  const keeps = (part: number) =>
    after.get(part)! > Math.max(0, before.get(part)!) &&
    sizes.get(part)! >= Math.max(LEAST_PART, 0.005 * points.length);
  return parts.map((part, i) => (keeps(part) ? MOST_CLUSTERS + part : clusters[i]!));
}

/** The best of a few starts of k-means from k-means++ seeds. */
function kMeans(points: Points, k: number, rng: Random): Int32Array {
  let best: { inertia: number; clusters: Int32Array } = {
    inertia: Number.POSITIVE_INFINITY,
    clusters: new Int32Array(points.length),
  };
  for (let start = 0; start < STARTS; start++) {
    const found = lloyd(points, seeds(points, k, rng));
    if (found.inertia < best.inertia) best = found;
  }
  return best.clusters;
}

function seeds(points: Points, k: number, rng: Random): number[][] {
  const centres = [[...points[rng.integer(points.length)]!]];
  while (centres.length < k) {
    const squared = points.map((point) => Math.min(...centres.map((centre) => squaredDistance(point, centre))));
    let at = rng.uniform() * squared.reduce((sum, value) => sum + value, 0);
    const chosen = squared.findIndex((value) => {
      at -= value;
      return at < 0;
    });
    centres.push([...points[Math.max(0, chosen)]!]);
  }
  return centres;
}

function lloyd(points: Points, start: number[][]) {
  let centres = start;
  const clusters = new Int32Array(points.length);
  let inertia = Number.POSITIVE_INFINITY;
  for (;;) {
    let sum = 0;
    points.forEach((point, i) => {
      const distances = centres.map((centre) => squaredDistance(point, centre));
      clusters[i] = distances.indexOf(Math.min(...distances));
      sum += distances[clusters[i]!]!;
    });
    if (sum >= inertia) return { clusters, inertia };
    inertia = sum;
    centres = centres.map((centre, c) => {
      const own = points.filter((_, i) => clusters[i] === c);
      return own.length === 0
        ? centre
        : centre.map((_, d) => own.reduce((total, point) => total + point[d]!, 0) / own.length);
    });
  }
}

function silhouettes(points: Points, clusters: Int32Array): Float64Array {
  const sizes = meansBy(clusters, new Float64Array(points.length).fill(1), false);
  return Float64Array.from(points, (point, i) => {
    const sums = new Map<number, number>();
    points.forEach((other, j) => {
      const cluster = clusters[j]!;
      sums.set(cluster, (sums.get(cluster) ?? 0) + Math.sqrt(squaredDistance(point, other)));
    });
    const own = clusters[i]!;
    if (sizes.get(own)! < 2 || sums.size < 2) return 0;
    const within = sums.get(own)! / (sizes.get(own)! - 1);
    const others = [...sums].filter(([cluster]) => cluster !== own);
    const nearest = Math.min(...others.map(([cluster, sum]) => sum / sizes.get(cluster)!));
    return (nearest - within) / Math.max(within, nearest);
  });
}

/** Means, or sums, of values by cluster. */
function meansBy(clusters: Int32Array, values: Float64Array, mean = true): Map<number, number> {
  const [sums, counts] = [new Map<number, number>(), new Map<number, number>()];
  clusters.forEach((cluster, i) => {
    sums.set(cluster, (sums.get(cluster) ?? 0) + values[i]!);
    counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
  });
  return mean ? new Map([...sums].map(([cluster, sum]) => [cluster, sum / counts.get(cluster)!])) : sums;
}

const squaredDistance = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, d) => sum + (value - b[d]!) ** 2, 0);
