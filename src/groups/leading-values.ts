import type { Random } from "../core/index.ts";
import { type Eigenvectors, leadingEigenvectors } from "./leading-eigenvectors.ts";
import { neighbourGraph } from "./neighbour-graph.ts";

/** Leading eigenvectors of a neighbour graph: the more separate the parts of the graph, the more values near 1. */
export interface Spectrum extends Eigenvectors {
  /** [n]: degrees of the points in the graph. */
  readonly degrees: Float64Array;
}

const NEIGHBOUR_SHARE = 0.05;
const LEAST_NEIGHBOURS = 10;
const MOST_NEIGHBOURS = 25;

/** How many neighbours each of n images is joined with. */
const neighbourCounts = {
  /** For eigenvalues: with a fixed number they would grow with the class. */
  share: (n: number) => Math.max(LEAST_NEIGHBOURS, Math.round(NEIGHBOUR_SHARE * n)),
  /** For eigenvectors: many neighbours blur the groups of a large class. */
  few: (n: number) => Math.min(MOST_NEIGHBOURS, neighbourCounts.share(n)),
} as const;

/** Eigenvalues that are compared with one Gaussian's, and so the most dimensions of an embedding. */
const MOST_DIMENSIONS = 15;

/** Residuals of vectors that are clustered, and of those whose values alone count. */
export const tolerances = { vectors: 1e-5, values: 1e-3 } as const;

interface SpectrumOptions {
  readonly neighbours: keyof typeof neighbourCounts;
  readonly count?: number;
  readonly tolerance: number;
  readonly rng: Random;
}

/** @param rows [n, dim] of length 1 */
export async function spectrumOf(rows: Float32Array, dim: number, o: SpectrumOptions): Promise<Spectrum> {
  const { neighbours, count = MOST_DIMENSIONS, tolerance, rng } = o;
  const graph = await neighbourGraph(rows, dim, neighbourCounts[neighbours](rows.length / dim));
  return { ...(await leadingEigenvectors(graph, count, tolerance, rng)), degrees: graph.degrees };
}

/**
 * [n, dims] coordinates of the images: eigenvectors of the random walk on the graph, each at a standard deviation of the root
 * of its eigenvalue.
 */
export function coordinates({ values, vectors, degrees }: Spectrum, dims: number): Float64Array {
  const n = degrees.length;
  const points = new Float64Array(n * dims);
  for (let d = 0; d < dims; d++) {
    const axis = vectors[d]!.map((value, i) => value / Math.sqrt(degrees[i]!));
    const mean = axis.reduce((sum, value) => sum + value, 0) / n;
    const variance = axis.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
    const scale = variance > 0 ? Math.sqrt(Math.max(0, values[d]!) / variance) : 0;
    for (let i = 0; i < n; i++) points[i * dims + d] = (axis[i]! - mean) * scale;
  }
  return points;
}
