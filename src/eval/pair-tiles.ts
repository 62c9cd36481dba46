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

/**
 * Visits every unordered pair of `members` (ascending rows of `features`) as tiles of similarities: a pair with
 * row < column is in exactly one tile; the rest of a tile is to be ignored. Each member meets its partners in
 * ascending order. Memory is that of one tile, whatever the number of members.
 */
export async function forEachPairTile(
  o: { similarity: Similarity; features: Float32Array; dim: number; members: Int32Array; blockSize: number },
  visit: (tile: PairTile) => void,
): Promise<void> {
  const n = o.members.length;
  const height = tallness * o.blockSize;
  const gatherRows = gatherer(o);
  const gatherColumns = gatherer(o);
  for (let column = 0; column < n; column += o.blockSize) {
    const columns = Math.min(o.blockSize, n - column);
    const gallery = gatherColumns(column, columns);
    for (let row = 0; row < column + columns; row += height) {
      const rows = Math.min(height, column + columns - row);
      const values = await o.similarity.product(gatherRows(row, rows), gallery);
      visit({ values, stride: gallery.length / o.dim, row, rows, column, columns });
    }
  }
}

/** Rows of the features at positions of `members`: a view where they lie together, else a copy in a reused buffer, zeros below. */
function gatherer(o: { features: Float32Array; dim: number; members: Int32Array }) {
  const { features, dim, members } = o;
  let buffer = new Float32Array(0);
  return (start: number, count: number): Float32Array => {
    const first = members[start]!;
    const together = members[start + count - 1]! - first === count - 1;
    if (together && count >= leastSide) return features.subarray(first * dim, (first + count) * dim);
    const size = Math.max(count, leastSide) * dim;
    if (buffer.length < size) buffer = new Float32Array(size);
    const rows = buffer.subarray(0, size).fill(0, count * dim);
    for (let i = 0; i < count; i++) {
      const from = members[start + i]! * dim;
      rows.set(features.subarray(from, from + dim), i * dim);
    }
    return rows;
  };
}
