/** Rows of int32 words by their value. */
interface RowIndex {
  /** The first place that holds the same as row `place` of `rows` and was not taken before; -1 where there is none. */
  take(rows: Int32Array, place: number): number;
}

interface Shape {
  /** From one row to the next. */
  readonly stride: number;
  /** The first so many words of a row count. */
  readonly words: number;
}

/**
 * Indexes the rows at `places` of `rows` (all where left out), in rising order: a table of chains, each link a different value
 * with the stack of its places. 8 to 20 bytes a row.
 */
export function indexRows(rows: Int32Array, { stride, words }: Shape, places?: Int32Array): RowIndex {
  const count = places?.length ?? rows.length / stride;
  const heads = new Int32Array(2 ** Math.ceil(Math.log2(count + 1))).fill(-1);
  /** Of a value: the next one in its chain, and the first of its places that is left. */
  const chained = new Int32Array(count);
  const first = new Int32Array(count);
  /** Of a place: the next one that holds the same. */
  const below = new Int32Array(count);
  const placeOf = (entry: number) => (places ? places[entry]! : entry);

  function find(of: Int32Array, place: number, bucket: number): number {
    for (let entry = heads[bucket]!; entry >= 0; entry = chained[entry]!) {
      if (same(rows, stride * placeOf(entry), of, stride * place, words)) return entry;
    }
    return -1;
  }

  const bucketOf = (of: Int32Array, place: number) => mixed(of, stride * place, words) & (heads.length - 1);
  for (let entry = count - 1; entry >= 0; entry--) {
    const bucket = bucketOf(rows, placeOf(entry));
    const value = find(rows, placeOf(entry), bucket);
    below[entry] = value < 0 ? -1 : first[value]!;
    if (value < 0) {
      chained[entry] = heads[bucket]!;
      heads[bucket] = entry;
    }
    first[value < 0 ? entry : value] = entry;
  }
  return {
    take(of, place) {
      const value = find(of, place, bucketOf(of, place));
      const entry = value < 0 ? -1 : first[value]!;
      if (entry < 0) return -1;
      first[value] = below[entry]!;
      return placeOf(entry);
    },
  };
}

/** Digests are spread already; what follows from them is not. */
function mixed(rows: Int32Array, from: number, words: number): number {
  let value = 0;
  for (let i = 0; i < words; i++) value = Math.imul(value, 0x85ebca6b) ^ rows[from + i]!;
  return value ^ (value >>> 15);
}

function same(a: Int32Array, from: number, b: Int32Array, to: number, words: number): boolean {
  for (let i = 0; i < words; i++) if (a[from + i] !== b[to + i]) return false;
  return true;
}
