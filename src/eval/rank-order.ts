/**
 * Similarities as whole numbers that sort: a float's bits, signed by its sign, are in the float's order. Rows have length
 * 1, so no similarity reaches 2 and the bits of its size stay below `bits(2)`; 0 and -0 are one number.
 */
const BITS_OF_TWO = 0x40000000;

/** A number from 0 that is smaller the more similar; `bits` are those of a float32 similarity. */
export const keyOf = (bits: number): number => BITS_OF_TWO - (bits >= 0 ? bits : -(bits & 0x7fffffff));

/** The similarity's bits again. */
export function bitsOf(key: number): number {
  const ordered = BITS_OF_TWO - key;
  return ordered >= 0 ? ordered : -ordered | -0x80000000;
}

export interface Sorter {
  /**
   * Sorts `count` keys from `start` on, ascending, and the entries with them. Stable: entries that came in ascending
   * order stay so among equal keys.
   */
  sort(keys: Int32Array, entries: Int32Array, start: number, count: number): void;
}

/** Radix sort of keys from 0, least digit first, over the bits in which the keys differ. */
export function sorter(most: number): Sorter {
  const spareKeys = new Int32Array(most);
  const spareEntries = new Int32Array(most);
  const counts = new Int32Array(2048);
  const pass = (from: Side, to: Side, count: number, least: number, shift: number, digits: number) => {
    const mask = digits - 1;
    counts.fill(0, 0, digits);
    const end = from.start + count;
    for (let i = from.start; i < end; i++) counts[((from.keys[i]! - least) >>> shift) & mask]!++;
    let place = to.start;
    for (let digit = 0; digit < digits; digit++) {
      const size = counts[digit]!;
      counts[digit] = place;
      place += size;
    }
    for (let i = from.start; i < end; i++) {
      const key = from.keys[i]!;
      const at = counts[((key - least) >>> shift) & mask]!++;
      to.keys[at] = key;
      to.entries[at] = from.entries[i]!;
    }
  };
  return {
    sort(keys, entries, start, count) {
      let [least, greatest] = [BITS_OF_TWO * 2, 0];
      for (let i = start; i < start + count; i++) {
        const key = keys[i]!;
        if (key < least) least = key;
        if (key > greatest) greatest = key;
      }
      const width = count < 1024 ? 8 : 11;
      const bits = count === 0 ? 0 : 32 - Math.clz32(greatest - least);
      let from: Side = { keys, entries, start };
      let to: Side = { keys: spareKeys, entries: spareEntries, start: 0 };
      for (let shift = 0; shift < bits; shift += width) {
        pass(from, to, count, least, shift, 1 << width);
        [from, to] = [to, from];
      }
      if (from.keys === keys) return;
      keys.set(spareKeys.subarray(0, count), start);
      entries.set(spareEntries.subarray(0, count), start);
    },
  };
}

interface Side {
  readonly keys: Int32Array;
  readonly entries: Int32Array;
  readonly start: number;
}
