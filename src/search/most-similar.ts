import { type DotProducts, exactProduct, productError } from "./dot-products.ts";

interface Similar {
  /** [n, dim], each row of length 1 or 0. */
  readonly vectors: Float32Array;
  readonly dim: number;
  /** [dim], of length 1 or 0. */
  readonly query: Float32Array;
  /** [n], 1 for rows that may be found. */
  readonly allowed: Uint8Array;
  /** How many rows to find, at most. */
  readonly count: number;
  readonly products: DotProducts;
}

/** Rows by falling score; equal ones by rising position. */
export interface SimilarRows {
  readonly positions: Int32Array;
  /** Cosine similarities: float64 dot products of the float32 rows. */
  readonly scores: Float64Array;
}

/** With so few rows to look at, each is scored exactly at once: a product of all would take longer. */
const FEW_SHARE = 1 / 8;

/**
 * The rows most similar to a query, exactly as a loop in float64 over all of them finds them. Scores in float32 choose who may be
 * among them: a row that is twice their error below the last of the best cannot be.
 */
export async function mostSimilar(o: Similar): Promise<SimilarRows> {
  const { vectors, dim, query, allowed, products } = o;
  let left = 0;
  for (let row = 0; row < allowed.length; row++) left += allowed[row]!;
  const count = Math.min(o.count, left);
  const candidates =
    left <= Math.max(count, FEW_SHARE * allowed.length)
      ? placesOf(allowed, left)
      : likely(await products.of(vectors, query), allowed, count, 2 * productError(dim));
  const exact = Float64Array.from(candidates, (row) => exactProduct(vectors, dim, row, query));
  const order = Int32Array.from(exact.keys())
    .sort((a, b) => exact[b]! - exact[a]! || a - b)
    .subarray(0, count);
  return { positions: order.map((i) => candidates[i]!), scores: Float64Array.from(order, (i) => exact[i]!) };
}

function placesOf(allowed: Uint8Array, count: number): Int32Array {
  const places = new Int32Array(count);
  let next = 0;
  for (let row = 0; next < count; row++) if (allowed[row]) places[next++] = row;
  return places;
}

/** Allowed rows whose score is at most `slack` below the `count`-th best. */
function likely(scores: Float32Array, allowed: Uint8Array, count: number, slack: number): Int32Array {
  const least = leastOfBest(scores, allowed, count) - slack;
  let size = 0;
  for (let row = 0; row < scores.length; row++) if (scores[row]! >= least && allowed[row]) size++;
  const rows = new Int32Array(size);
  let next = 0;
  for (let row = 0; next < size; row++) if (scores[row]! >= least && allowed[row]) rows[next++] = row;
  return rows;
}

/** The `count`-th best score of allowed rows, by a heap of the best so far with the least of them on top. */
function leastOfBest(scores: Float32Array, allowed: Uint8Array, count: number): number {
  if (count === 0) return Number.POSITIVE_INFINITY;
  const heap = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row]!;
    if (score <= heap[0]! || !allowed[row]) continue;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) break;
      if (child + 1 < count && heap[child + 1]! < heap[child]!) child++;
      if (heap[child]! >= score) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = score;
  }
  return heap[0]!;
}
