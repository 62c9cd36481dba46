import { random } from "../core/index.ts";
import { sampleOneGaussian } from "./one-gaussian.ts";
import { type Spectrum, spectrumOf, tolerances } from "./spectrum.ts";

/** How much more separate the parts of a class are than those of one Gaussian of equal covariance. */
export interface Evidence {
  /** Of the class's neighbour graph, largest first. */
  readonly eigenvalues: Float64Array;
  /** Means of the same over samples of the Gaussian. */
  readonly oneGaussian: Float64Array;
  /** Sum of what the first 8 eigenvalues are above the Gaussian's; one that is below adds nothing. */
  readonly excess: number;
  /** The largest share of the way from the Gaussian's eigenvalue to 1, that of parts without any edge between them. */
  readonly farthest: number;
}

const GAUSSIANS = 4;
/** Eigenvalues of the sum. */
const SUMMED = 8;
/**
 * A class has groups from this excess on, or where one eigenvalue has gone so far: two or three groups that are far apart make
 * a long Gaussian, whose own eigenvalues leave little to exceed. Few of the classes of CIFAR-100 and Cars on their own (about
 * 100 images each) reach either; docs/groups.md has the figures.
 */
const LEAST_EXCESS = 0.65;
const FAR = 0.85;
/** A dimension counts while its eigenvalue has gone this share of the way that the farthest has. */
const DIMENSION_SHARE = 0.6;

/** Where the Gaussian's own eigenvalue is next to 1. */
const LEAST_ROOM = 1e-6;

/** Streams of random numbers: 1 to 4. */
export const streams = { sample: 1, gaussian: 2, eigenvectors: 3, halves: 4 } as const;

export async function gatherEvidence(
  rows: Float32Array,
  dim: number,
  spectrum: Spectrum,
  seed: number,
): Promise<Evidence> {
  const count = spectrum.values.length;
  const oneGaussian = new Float64Array(count);
  for (let i = 0; i < GAUSSIANS; i++) {
    const sample = await sampleOneGaussian(rows, dim, random(seed, streams.gaussian, i));
    const rng = random(seed, streams.eigenvectors, i + 1);
    const { values } = await spectrumOf(sample, dim, { count, tolerance: tolerances.values, rng });
    values.forEach((value, place) => {
      oneGaussian[place]! += value / GAUSSIANS;
    });
  }
  const eigenvalues = spectrum.values;
  const above = excesses(eigenvalues, oneGaussian).slice(0, SUMMED);
  const excess = above.reduce((sum, value) => sum + Math.max(0, value), 0);
  return { eigenvalues, oneGaussian, excess, farthest: Math.max(...waysGone({ eigenvalues, oneGaussian })) };
}

export const isSeparate = ({ excess, farthest }: Evidence): boolean => excess >= LEAST_EXCESS || farthest >= FAR;

type Eigenvalues = Pick<Evidence, "eigenvalues" | "oneGaussian">;

/** Dimensions in which the class differs from one Gaussian, 1 at least. */
export function dimensionsOf(eigenvalues: Eigenvalues): number {
  const gone = waysGone(eigenvalues);
  const least = DIMENSION_SHARE * Math.max(...gone);
  const end = gone.findIndex((value) => !(value > least && value > 0));
  return Math.max(1, end < 0 ? gone.length : end);
}

const waysGone = ({ eigenvalues, oneGaussian }: Eigenvalues): Float64Array =>
  excesses(eigenvalues, oneGaussian).map((value, i) => value / Math.max(1 - oneGaussian[i]!, LEAST_ROOM));

const excesses = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value - b[i]!);
