/** Rows to compare by cosine. */
export interface Rows {
  /** [n, dim], of any length. */
  readonly features: Float32Array;
  /** [n]: what makes each row's length 1 (`rowScales`). */
  readonly scales: Float64Array;
  readonly dim: number;
}

/**
 * ONNX Runtime's matrix product sums in another order where a thread gets 64 columns or fewer, or a single row. It
 * splits the longer side between threads, so with rows >= columns >= 128 no thread ever does: then the similarity of
 * two vectors has the same bits in every tile, and exact duplicates tie.
 */
export const LEAST_SIDE = 128;

/** Gives `count` rows of length 1 from a position of `members` on, in a reused buffer of at least `least` rows, zeros below. */
export function gatherer(o: Rows & { members: Int32Array }) {
  const { features, scales, dim, members } = o;
  let buffer = new Float32Array(0);
  return (start: number, count: number, least = LEAST_SIDE): Float32Array => {
    const size = Math.max(count, least) * dim;
    if (buffer.length < size) buffer = new Float32Array(size);
    const rows = buffer.subarray(0, size).fill(0, count * dim);
    for (let i = 0; i < count; i++) {
      const member = members[start + i]!;
      const scale = scales[member]!;
      const from = member * dim;
      const to = i * dim;
      for (let d = 0; d < dim; d++) rows[to + d] = features[from + d]! * scale;
    }
    return rows;
  };
}
