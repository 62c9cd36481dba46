import { bitsOf, keyOf, type Sorter, sorter } from "./rank-order.ts";

/** Similarities of the entries from `row` on (rows) to the queries from `column` on (columns). */
interface GalleryTile {
  /** [rows, stride] */
  readonly values: Float32Array;
  readonly stride: number;
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
}

/** The most similar entries of one query, in order. Its arrays hold until the next query. */
export interface Neighbours {
  /** The entry whose neighbours these are. */
  readonly query: number;
  readonly count: number;
  /** [count] */
  readonly entries: Int32Array;
  similarity(place: number): number;
}

/**
 * Room for a list of `depth`: it is sorted and cut whenever full, which is the rarer the larger the slack. What comes in
 * after `seen` entries stays with probability depth / seen, so slack of a few lists makes a handful of cuts.
 */
export const capacityOf = (depth: number, gallery: number): number =>
  Math.min(gallery, depth + Math.max(256, depth >> 1));

/**
 * The `depths[i]` nearest of a gallery for each of some queries, entries themselves, from tiles in ascending order of entries. A
 * list keeps what is more similar than its worst once it is full, so almost every similarity costs one comparison.
 */
export function nearestLists(room: ListRoom, queries: Int32Array, depths: Int32Array, gallery: number) {
  const offsets = offsetsOf(depths, gallery);
  const { keys, entries, sort } = room.of(offsets[depths.length]!, longest(depths, gallery));
  const lengths = new Int32Array(depths.length);
  const thresholds = Float32Array.from(depths, (depth) => (depth > 0 ? Number.NEGATIVE_INFINITY : 2));
  const { toFloat } = floatReader();

  const cut = (i: number) => {
    const start = offsets[i]!;
    sort(keys, entries, start, lengths[i]!);
    const depth = Math.min(depths[i]!, lengths[i]!);
    lengths[i] = depth;
    if (depth === depths[i]! && depth > 0) thresholds[i] = toFloat(bitsOf(keys[start + depth - 1]!));
  };
  const add = (i: number, entry: number, bits: number) => {
    // The query itself is no neighbour.
    if (entry === queries[i]) return;
    const start = offsets[i]!;
    const place = start + lengths[i]!++;
    keys[place] = keyOf(bits);
    entries[place] = entry;
    if (place + 1 === offsets[i + 1]!) cut(i);
  };

  return {
    offer({ values, stride, row, rows, column, columns }: GalleryTile): void {
      const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
      for (let r = 0; r < rows; r++) {
        const offset = r * stride;
        for (let c = 0; c < columns; c++) {
          // Strict: an equal entry of higher index ranks behind what the list holds.
          if (values[offset + c]! > thresholds[column + c]!) add(column + c, row + r, bits[offset + c]!);
        }
      }
    },
    sorted(i: number): Neighbours {
      cut(i);
      const start = offsets[i]!;
      const count = lengths[i]!;
      return {
        query: queries[i]!,
        count,
        entries: entries.subarray(start, start + count),
        similarity: (place) => toFloat(bitsOf(keys[start + place]!)),
      };
    },
  };
}

/** Where each list begins, and the last one ends. */
function offsetsOf(depths: Int32Array, gallery: number): Float64Array {
  const offsets = new Float64Array(depths.length + 1);
  depths.forEach((depth, i) => {
    offsets[i + 1] = offsets[i]! + capacityOf(depth, gallery);
  });
  return offsets;
}

const longest = (depths: Int32Array, gallery: number) =>
  depths.reduce((most, depth) => Math.max(most, capacityOf(depth, gallery)), 0);

/** The memory of one block's lists, used again by the next. */
interface ListRoom {
  of(size: number, longest: number): { keys: Int32Array; entries: Int32Array } & Sorter;
}

export function listRoom(): ListRoom {
  let keys = new Int32Array(0);
  let entries = new Int32Array(0);
  let [{ sort }, most] = [sorter(0), 0];
  return {
    of(size, longestList) {
      if (keys.length < size) [keys, entries] = [new Int32Array(size), new Int32Array(size)];
      if (most < longestList) [{ sort }, most] = [sorter(longestList), longestList];
      return { keys, entries, sort };
    },
  };
}

function floatReader() {
  const bits = new Int32Array(1);
  const value = new Float32Array(bits.buffer);
  return {
    toFloat(of: number): number {
      bits[0] = of;
      return value[0]!;
    },
  };
}
