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

/** With so few rows to look at, these are copied together: a product of all would take longer. */
const FEW_SHARE = 1 / 8;

/**
 * The rows most similar to a query, exactly as a loop in float64 over all of them finds them. Scores in float32 choose who may be
 * among them: a row that is twice their error below the last of the best cannot be.
 */
export async function mostSimilar(o: Similar): Promise<SimilarRows> {
  const { vectors, dim, query, allowed } = o;
  let left = 0;
  for (let row = 0; row < allowed.length; row++) left += allowed[row]!;
  const count = Math.min(o.count, left);
  const candidates = await candidatesOf({ ...o, count }, left);
  const exact = Float64Array.from(candidates, (row) => exactProduct(vectors, dim, row, query));
  const order = Int32Array.from(exact.keys())
    .sort((a, b) => exact[b]! - exact[a]! || a - b)
    .subarray(0, count);
  return { positions: order.map((i) => candidates[i]!), scores: Float64Array.from(order, (i) => exact[i]!) };
}

/** Positions, rising, that the `count` best of the `left` allowed rows are among. */
async function candidatesOf(o: Similar, left: number): Promise<Int32Array> {
  const { vectors, dim, query, allowed, count, products } = o;
  const slack = 2 * productError(dim);
  if (left > Math.max(count, FEW_SHARE * allowed.length)) {
    return likely(await products.of(vectors, query), count, slack, allowed);
  }
  const places = placesOf(allowed, left);
  if (left === count) return places;
  const scores = await products.ofSome(vectors, query, places);
  return likely(scores, count, slack).map((at) => places[at]!);
}

function placesOf(allowed: Uint8Array, count: number): Int32Array {
  const places = new Int32Array(count);
  let next = 0;
  for (let row = 0; next < count; row++) if (allowed[row]) places[next++] = row;
  return places;
}

/** Places of scores at most `slack` below the `count`-th best; of all, or of allowed ones alone. */
function likely(scores: Float32Array, count: number, slack: number, allowed?: Uint8Array): Int32Array {
  const least = leastOfBest(scores, count, allowed) - slack;
  const passes = (at: number) => scores[at]! >= least && (!allowed || allowed[at] === 1);
  let size = 0;
  for (let at = 0; at < scores.length; at++) if (passes(at)) size++;
  const places = new Int32Array(size);
  let next = 0;
  for (let at = 0; next < size; at++) if (passes(at)) places[next++] = at;
  return places;
}

/** The `count`-th best score, by a heap of the best so far with the least of them on top. */
function leastOfBest(scores: Float32Array, count: number, allowed: Uint8Array | undefined): number {
  if (count === 0) return Number.POSITIVE_INFINITY;
  const heap = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row]!;
    if (score <= heap[0]! || (allowed && !allowed[row])) continue;
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
