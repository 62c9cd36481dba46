import type { Counter } from "./effort.ts";
import { gatherer, LEAST_SIDE, type Rows } from "./rows.ts";
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

const TALLNESS = 4;

/**
 * Visits every unordered pair of `members` (ascending rows of `features`) as tiles of similarities: a pair with
 * row < column is in exactly one tile; the rest of a tile is to be ignored. Each member meets its partners in
 * ascending order. A tile holds until the visit ends. Memory is that of one tile, whatever the number of members.
 */
export async function forEachPairTile(
  o: Rows & { similarity: Similarity; members: Int32Array; blockSize: number; counter?: Counter },
  visit: (tile: PairTile) => void,
): Promise<void> {
  const n = o.members.length;
  const height = TALLNESS * o.blockSize;
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
      o.counter?.add(pairsAbove(row, rows, column, columns));
    }
  }
}

/** Pairs with row < column in a tile. */
function pairsAbove(row: number, rows: number, column: number, columns: number): number {
  let pairs = 0;
  for (let r = row; r < row + rows; r++) pairs += column + columns - Math.max(column, r + 1);
  return pairs;
}

const atLeast = (count: number) => Math.max(count, LEAST_SIDE);
