import type { Similarity } from "./similarity.ts";

/** Similarities of the members at positions `row` .. `row + rows` (rows) and `column` .. `column + columns`. */
export interface PairTile {
  /** [rows, stride] */
  readonly values: Float32Array;
  readonly stride: number;
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
}

/**
 * ONNX Runtime's matrix product sums in another order where a thread gets 64 columns or fewer, or a single row. It
 * splits the longer side between threads, so with rows >= columns >= 128 no thread ever does: then the similarity of
 * two vectors has the same bits in every tile, and exact duplicates tie.
 */
const leastSide = 128;
const tallness = 4;

/** Rows to compare by cosine. */
export interface Rows {
  /** [n, dim], of any length. */
  readonly features: Float32Array;
  /** [n]: what makes each row's length 1 (`rowScales`). */
  readonly scales: Float64Array;
  readonly dim: number;
}

/**
 * Visits every unordered pair of `members` (ascending rows of `features`) as tiles of similarities: a pair with
 * row < column is in exactly one tile; the rest of a tile is to be ignored. Each member meets its partners in
 * ascending order. A tile holds until the visit ends. Memory is that of one tile, whatever the number of members.
 */
export async function forEachPairTile(
  o: Rows & { similarity: Similarity; members: Int32Array; blockSize: number },
  visit: (tile: PairTile) => void,
): Promise<void> {
  const n = o.members.length;
  const height = tallness * o.blockSize;
  const gatherRows = gatherer(o);
  const gatherColumns = gatherer(o);
  for (let row = 0; row < n; row += height) {
    const queries = gatherRows(row, Math.min(height, n - row));
    for (let column = row; column < n; column += o.blockSize) {
      const columns = Math.min(o.blockSize, n - column);
      const rows = Math.min(height, column + columns - row);
      const gallery = gatherColumns(column, columns);
      const values = await o.similarity.product(queries.subarray(0, atLeast(rows) * o.dim), gallery);
      visit({ values, stride: gallery.length / o.dim, row, rows, column, columns });
    }
  }
}

const atLeast = (count: number) => Math.max(count, leastSide);

/** Rows of length 1 at positions of `members`, in a reused buffer, zeros below. */
function gatherer(o: Rows & { members: Int32Array }) {
  const { features, scales, dim, members } = o;
  let buffer = new Float32Array(0);
  return (start: number, count: number): Float32Array => {
    const size = atLeast(count) * dim;
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
