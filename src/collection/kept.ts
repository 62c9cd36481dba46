import type { ClassNumbers } from "./class-numbers.ts";

/** What somebody looked at and let stand, by position. A review does not ask again. */
export interface KeptRows {
  /** The coarse label is right. That holds for the class that the row had then: with another one it is open again. */
  label(position: number): boolean;
  /** Both of these images stay, copies or not. */
  copies(first: number, second: number): boolean;
  /** The image belongs to the collection, however unusual it is. */
  outlier(position: number): boolean;
}

/** Keeps that grow with the actions. */
export interface EditableKept extends KeptRows {
  /** Rows [from, to) have the right label. */
  keepLabels(from: number, to: number): void;
  keepOutliers(from: number, to: number): void;
  /** Any two of these rows stay. */
  keepCopies(positions: readonly number[]): void;
  /** Back to none. */
  reset(): void;
}

const OPEN = -2;

/** @param coarse the classes of the rows, as edits change them */
export function editableKept({ numbers }: ClassNumbers): EditableKept {
  /** The class that is right for each row. */
  const right = new Int32Array(numbers.length).fill(OPEN);
  const unusual = new Uint8Array(numbers.length);
  /** The sets of copies that a row was kept with, in rising order. */
  const setsOf = new Map<number, number[]>();
  let sets = 0;
  return {
    label: (position) => right[position] === numbers[position],
    copies: (first, second) => haveCommon(setsOf.get(first) ?? [], setsOf.get(second) ?? []),
    outlier: (position) => unusual[position] === 1,
    keepLabels: (from, to) => right.set(numbers.subarray(from, to), from),
    keepOutliers: (from, to) => unusual.fill(1, from, to),
    keepCopies(positions) {
      for (const position of positions) {
        const own = setsOf.get(position) ?? [];
        own.push(sets);
        setsOf.set(position, own);
      }
      sets++;
    },
    reset() {
      right.fill(OPEN);
      unusual.fill(0);
      setsOf.clear();
    },
  };
}

/** Whether two rising lists share a number. */
function haveCommon(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) return true;
    if (a[i]! < b[j]!) i++;
    else j++;
  }
  return false;
}
