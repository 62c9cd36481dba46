import type { Counter } from "./effort.ts";
import { capacityOf, listRoom, type Neighbours, nearestLists } from "./nearest-lists.ts";
import { gatherer, LEAST_SIDE, type Rows } from "./rows.ts";
import type { Similarity } from "./similarity.ts";

/** Bytes for the lists of neighbours that grow at one time. */
export const LIST_MEMORY = 512 * 2 ** 20;

export interface NearestSearch extends Rows {
  readonly similarity: Similarity;
  /** Bytes that the lists of one block of queries may take. */
  readonly memory: number;
  readonly counter?: Counter;
}

/** Entries gathered at a time, and queries in one product with them: a tile of 4 MB. */
const HEIGHT = 2048;
const WIDTH = 512;
/** Queries whose lists grow at the same time, memory permitting: the gallery is gathered once for all of them. */
const MOST_QUERIES = 2048;
const BYTES_AN_ENTRY = 8;

/**
 * Visits the `queries` (default: all), positions in `members` (ascending rows of `features`), each with its `depths[i]` most
 * similar other members in order, lower position first among equals, exact; `query` and `entries` are positions in `members`
 * too. The gallery is compared with one block of queries after the other, so memory is that of one block's lists and one tile.
 */
export async function forEachNearest(
  o: NearestSearch & { members: Int32Array; queries?: Int32Array; depths: Int32Array },
  visit: (neighbours: Neighbours, place: number) => void,
): Promise<void> {
  const n = o.members.length;
  const queryAt = o.queries ?? Int32Array.from(o.members.keys());
  const gather = gatherer(o);
  const gatherQueries = gatherer({ ...o, members: queryAt.map((position) => o.members[position]!) });
  const room = listRoom();
  for (let first = 0; first < queryAt.length; ) {
    const last = blockEnd(o, first);
    const lists = nearestLists(room, queryAt.subarray(first, last), o.depths.subarray(first, last), n - 1);
    // Rows of zeros below: the last product of the block may reach past its queries.
    const queries = gatherQueries(first, last - first, last - first + LEAST_SIDE);
    for (let row = 0; row < n; row += HEIGHT) {
      const rows = Math.min(HEIGHT, n - row);
      const gallery = gather(row, rows, Math.min(WIDTH, Math.max(LEAST_SIDE, last - first)));
      for (let column = 0; column < last - first; column += WIDTH) {
        const columns = Math.min(WIDTH, last - first - column);
        const stride = Math.max(columns, LEAST_SIDE);
        // The gallery is the longer side: see `LEAST_SIDE`.
        const values = await o.similarity.product(gallery, queries.subarray(column * o.dim, (column + stride) * o.dim));
        lists.offer({ values, stride, row, rows, column, columns });
        o.counter?.add(rows * columns);
      }
    }
    for (let i = 0; i < last - first; i++) visit(lists.sorted(i), first + i);
    first = last;
  }
}

/** As many queries as the lists' memory allows, one at least. */
function blockEnd(
  { depths, memory, members }: { depths: Int32Array; memory: number; members: Int32Array },
  first: number,
) {
  let bytes = 0;
  let last = first;
  while (last < Math.min(depths.length, first + MOST_QUERIES)) {
    bytes += BYTES_AN_ENTRY * capacityOf(depths[last]!, members.length - 1);
    if (bytes > memory && last > first) break;
    last++;
  }
  return last;
}
