import type { Random } from "../core/index.ts";
import { leadingEigenvectors } from "./leading-eigenvectors.ts";
import { neighbourGraph } from "./neighbour-graph.ts";

/** With a fixed number of neighbours the eigenvalues would grow with the class. */
const NEIGHBOUR_SHARE = 0.05;
const LEAST_NEIGHBOURS = 10;
/** Eigenvalues that are compared with one Gaussian's. */
const COUNT = 15;
const LONGEST_RESIDUAL = 1e-3;

/**
 * The largest eigenvalues of the neighbour graph of rows [n, dim] of length 1: the more separate its parts, the more of them
 * are near 1.
 */
export async function leadingValues(rows: Float32Array, dim: number, rng: Random): Promise<Float64Array> {
  const count = Math.max(LEAST_NEIGHBOURS, Math.round((NEIGHBOUR_SHARE * rows.length) / dim));
  const graph = await neighbourGraph(rows, dim, count);
  return (await leadingEigenvectors(graph, COUNT, LONGEST_RESIDUAL, rng)).values;
}
