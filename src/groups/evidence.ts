import { gatherRows, permutation, type Random, random, type StopSignal } from "../core/index.ts";
import { leadingValues } from "./leading-values.ts";
import { sampleOneGaussian } from "./one-gaussian.ts";
import type { CountRange } from "./partition.ts";

/** How much more separate the parts of a class are than those of one Gaussian of equal covariance. */
export interface Evidence {
  /** Of the class's neighbour graph, largest first; of more than 1,000 images means over draws of 1,000. */
  readonly eigenvalues: Float64Array;
  /** Means of the same over samples of the Gaussian. */
  readonly oneGaussian: Float64Array;
  /** Sum of what the first 8 eigenvalues are above the Gaussian's; one that is below adds nothing. */
  readonly excess: number;
  /** The largest share of the way from the Gaussian's eigenvalue to 1, that of parts without any edge between them. */
  readonly farthest: number;
}

const GAUSSIANS = 4;
/** More images show finer parts. So a larger class is judged by several draws of so many. */
const MOST_JUDGED = 1000;
/** Eigenvalues of the sum. */
const SUMMED = 8;
/**
 * A class has groups from this excess on, or where one eigenvalue has gone so far: two or three groups that are far apart make
 * a long Gaussian, whose own eigenvalues leave little to exceed. Few of the classes of CIFAR-100 and Cars on their own (about
 * 100 images each) reach either; docs/groups.md has the figures.
 */
const LEAST_EXCESS = 0.65;
const FAR = 0.85;
/**
 * A dimension may count while its slowing is at least the first of these shares of the greatest, and counts for certain from
 * the second on. A share of the way itself gives too many where the greatest is near 1; docs/groups.md compares them.
 */
const DIMENSION_SHARES = { most: 0.45, least: 0.6 } as const;
/** Two halves have a large silhouette nearly always. */
const LEAST_COMPARED = 3;
/** What is left of the way, where it is less: parts without any edge between them would hide all others. */
const LEAST_LEFT = 0.05;

/** Where the Gaussian's own eigenvalue is next to 1. */
const LEAST_ROOM = 1e-6;

/** Streams of random numbers: 1 to 5. */
export const streams = { sample: 1, gaussian: 2, eigenvectors: 3, halves: 4, judged: 5 } as const;

/** @param rows [n, dim] of length 1 */
export async function gatherEvidence(
  rows: Float32Array,
  dim: number,
  seed: number,
  signal?: StopSignal,
): Promise<Evidence> {
  const samples = samplesOf(rows, dim, seed);
  const gaussians: Float32Array[] = [];
  for (let i = 0; i < GAUSSIANS; i++) {
    const rng = random(seed, streams.gaussian, i);
    gaussians.push(await sampleOneGaussian(samples[i % samples.length]!, dim, rng));
  }
  const eigenvalues = await meanEigenvalues(samples, dim, random(seed, streams.eigenvectors, 0), signal);
  const oneGaussian = await meanEigenvalues(gaussians, dim, random(seed, streams.eigenvectors, 1), signal);
  const above = excesses(eigenvalues, oneGaussian).slice(0, SUMMED);
  const excess = above.reduce((sum, value) => sum + Math.max(0, value), 0);
  return { eigenvalues, oneGaussian, excess, farthest: Math.max(...waysGone({ eigenvalues, oneGaussian })) };
}

/** All rows, or several draws of as many as are judged at once. */
function samplesOf(rows: Float32Array, dim: number, seed: number): readonly Float32Array[] {
  const n = rows.length / dim;
  if (n <= MOST_JUDGED) return [rows];
  return Array.from({ length: GAUSSIANS }, (_, i) => {
    const drawn = permutation(n, random(seed, streams.judged, i)).slice(0, MOST_JUDGED);
    return gatherRows(rows, dim, drawn.sort());
  });
}

async function meanEigenvalues(
  samples: readonly Float32Array[],
  dim: number,
  rng: Random,
  signal: StopSignal | undefined,
): Promise<Float64Array> {
  let sum = new Float64Array();
  for (const sample of samples) {
    signal?.throwIfAborted();
    const values = await leadingValues(sample, dim, rng);
    sum = values.map((value, place) => value + (sum[place] ?? 0));
  }
  return sum.map((value) => value / samples.length);
}

export const isSeparate = ({ excess, farthest }: Evidence): boolean => excess >= LEAST_EXCESS || farthest >= FAR;

type Eigenvalues = Pick<Evidence, "eigenvalues" | "oneGaussian">;

/** How many groups there may be: one more than dimensions in which the class differs from one Gaussian. */
export function groupCounts(eigenvalues: Eigenvalues): CountRange {
  const slowed = waysGone(eigenvalues).map(slowing);
  const greatest = Math.max(...slowed);
  const dimensions = (share: number): number => {
    const end = slowed.findIndex((value) => !(value >= share * greatest && value > 0));
    return Math.max(1, end < 0 ? slowed.length : end);
  };
  const most = dimensions(DIMENSION_SHARES.most) + 1;
  return { least: Math.min(most, Math.max(LEAST_COMPARED, dimensions(DIMENSION_SHARES.least) + 1)), most };
}

/** Logarithm of how many times longer than in the Gaussian a random walk on the graph stays in a part. */
const slowing = (gone: number): number => -Math.log(Math.max(1 - gone, LEAST_LEFT));

const waysGone = ({ eigenvalues, oneGaussian }: Eigenvalues): Float64Array =>
  excesses(eigenvalues, oneGaussian).map((value, i) => value / Math.max(1 - oneGaussian[i]!, LEAST_ROOM));

const excesses = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value - b[i]!);
