/** A class for each row, by number, and what the classes are called. */
export interface ClassNumbers {
  /** [rows], -1 where there is none. */
  readonly numbers: Int32Array;
  readonly names: readonly string[];
}

/** Class numbers that change: a new name is appended, and none changes its number. */
export interface EditableClasses extends ClassNumbers {
  /** The number of a class, new where there is none of that name; -1 for null. */
  numberOf(name: string | null): number;
  /** Whether there is such a class. One that an undone action made keeps its number, and is none. */
  has(name: string): boolean;
  /** As they came, [rows]. */
  readonly collected: Int32Array;
  /** Back to these. */
  reset(): void;
}

/** @param first names whose numbers are given: 0, 1, … */
export function editableClasses(
  first: readonly string[],
  texts: Iterable<string | undefined>,
  rows: number,
): EditableClasses {
  const names = [...first];
  const known = new Map(names.map((name, number) => [name, number]));
  const made = new Set<number>();
  let own = Number.POSITIVE_INFINITY;
  const numberOf = (name: string | null) => {
    if (name === null) return -1;
    const number = known.get(name) ?? names.push(name) - 1;
    known.set(name, number);
    if (number >= own) made.add(number);
    return number;
  };
  const has = (name: string) => {
    const number = known.get(name);
    return number !== undefined && (number < own || made.has(number));
  };
  const numbers = new Int32Array(rows);
  let row = 0;
  for (const text of texts) numbers[row++] = numberOf(text ?? null);
  const collected = numbers.slice();
  own = names.length;
  const reset = () => {
    numbers.set(collected);
    made.clear();
  };
  return { numbers, names, numberOf, has, collected, reset };
}
