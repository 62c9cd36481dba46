import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { type Breath, breathing } from "../core/breath.ts";
import type { Random } from "../core/index.ts";
import type { NeighbourGraph } from "./neighbour-graph.ts";

export interface Eigenvectors {
  /** Largest first. */
  readonly values: Float64Array;
  /** Unit vectors [n], one for each value. */
  readonly vectors: readonly Float64Array[];
}

/** Vectors of a block beyond those asked for: convergence is that of the gap behind them. */
const WIDER_BY = 4;
/** Products of a block between two restarts; a small graph is exhausted at once, which is exact. */
const PRODUCTS = 5;
const MOST_RESTARTS = 60;
const EXHAUSTED = 150;
/** Length that is left of a vector in the span of others, as a share. */
const DEPENDENT = 1e-8;

/**
 * The `count` largest eigenvalues of a normalised graph but its trivial one, 1 with the vector sqrt(degrees); fewer where the
 * graph has fewer points. A block Krylov method with restarts: blocks find eigenvalues of any multiplicity, such as those of a
 * graph in several parts.
 * @param tolerance longest residual A v - value v
 */
export async function leadingEigenvectors(
  graph: NeighbourGraph,
  count: number,
  tolerance: number,
  rng: Random,
): Promise<Eigenvectors> {
  const n = graph.degrees.length;
  const wanted = Math.min(count, n - 1);
  const trivial = graph.degrees.map(Math.sqrt);
  scale(trivial, 1 / length(trivial));
  const width = Math.min(wanted + WIDER_BY, n - 1);
  const products = n <= EXHAUSTED ? n : PRODUCTS;
  let block = Array.from({ length: width }, () => Float64Array.from({ length: n }, () => rng.normal()));
  const breath = breathing();
  for (let restart = 0; ; restart++) {
    const found = await ritzVectors(graph, await krylov(graph, block, { trivial, products, breath }), width, breath);
    const residuals = found.residuals.slice(0, wanted);
    if (residuals.every((residual) => residual <= tolerance) || restart >= MOST_RESTARTS) {
      return { values: found.values.slice(0, wanted), vectors: found.vectors.slice(0, wanted) };
    }
    block = found.vectors;
  }
}

/** An orthonormal basis of the block and its first products with the graph, orthogonal to `trivial`. */
async function krylov(
  graph: NeighbourGraph,
  block: Float64Array[],
  { trivial, products, breath }: { trivial: Float64Array; products: number; breath: Breath },
): Promise<Float64Array[]> {
  const basis = [trivial];
  let newest = block;
  for (let product = 0; product < products && newest.length > 0; product++) {
    const first = basis.length;
    for (const vector of newest) {
      addOrthonormal(basis, vector);
      await breath();
    }
    newest = basis.slice(first).map((vector) => multiply(graph, vector));
  }
  return basis.slice(1);
}

/** Gram-Schmidt, twice: once leaves rounding errors. */
function addOrthonormal(basis: Float64Array[], vector: Float64Array): void {
  const whole = length(vector);
  if (whole === 0) return;
  for (let pass = 0; pass < 2; pass++) {
    for (const other of basis) addScaled(vector, other, -dot(vector, other));
  }
  const left = length(vector);
  if (left <= DEPENDENT * whole) return;
  scale(vector, 1 / left);
  basis.push(vector);
}

/** Rayleigh-Ritz: the best `width` approximate eigenvectors in the span of the basis. */
async function ritzVectors(graph: NeighbourGraph, basis: readonly Float64Array[], width: number, breath: Breath) {
  const images = basis.map((vector) => multiply(graph, vector));
  const projected = Matrix.zeros(basis.length, basis.length);
  for (let i = 0; i < basis.length; i++) {
    for (let j = i; j < basis.length; j++) {
      const value = dot(basis[i]!, images[j]!);
      projected.set(i, j, value);
      projected.set(j, i, value);
    }
    await breath();
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(projected, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  const best = order.slice(0, width);
  const combined = (vectors: readonly Float64Array[], column: number) => {
    const sum = new Float64Array(vectors[0]!.length);
    for (let i = 0; i < vectors.length; i++) addScaled(sum, vectors[i]!, eigenvectorMatrix.get(i, column));
    return sum;
  };
  const values = Float64Array.from(best, (column) => realEigenvalues[column]!);
  const vectors = best.map((column) => combined(basis, column));
  await breath();
  const residuals = best.map((column, i) => {
    const residual = combined(images, column);
    addScaled(residual, vectors[i]!, -values[i]!);
    return length(residual);
  });
  return { values, vectors, residuals };
}

function multiply({ starts, columns, weights }: NeighbourGraph, vector: Float64Array): Float64Array {
  const product = new Float64Array(vector.length);
  for (let row = 0; row < product.length; row++) {
    let sum = 0;
    for (let edge = starts[row]!; edge < starts[row + 1]!; edge++) sum += weights[edge]! * vector[columns[edge]!]!;
    product[row] = sum;
  }
  return product;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

const length = (vector: Float64Array): number => Math.sqrt(dot(vector, vector));

function addScaled(to: Float64Array, vector: Float64Array, factor: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += factor * vector[i]!;
}

function scale(vector: Float64Array, factor: number): void {
  for (let i = 0; i < vector.length; i++) vector[i]! *= factor;
}
