import type { CollectionRows } from "../collection/index.ts";
import { hashOf } from "../collection/index.ts";
import { didYouMean, fail } from "../core/index.ts";

/**
 * Which images may be found: each column's value is one of those that are listed; all columns must agree. An empty text
 * stands for no value. A group is named by its id, or by a name that it has.
 */
export type Where = Readonly<Partial<Record<WhereColumn, readonly (string | number)[]>>>;

const classes = ["coarse", "fine", "split"] as const;
const GROUP = "group";

/** Columns of whole numbers; one below 0 stands for no value. */
const numbers = {
  id: ({ ids }): Int32Array => ids,
  source: ({ sources }): Int32Array => sources,
  width: ({ widths }): Int32Array => widths,
  height: ({ heights }): Int32Array => heights,
  bytes: ({ bytes }): Int32Array => bytes,
} satisfies Record<string, (rows: CollectionRows) => Int32Array>;

/** Columns whose values are compared as text. */
const texts = {
  name: ({ names }, row) => names[row]!,
  file: ({ files }, row) => files[row] ?? "",
  hash: hashOf,
} satisfies Record<string, (rows: CollectionRows, row: number) => string>;

/**
 * A column that a search can filter by.
 * @inline
 */
export type WhereColumn = (typeof classes)[number] | typeof GROUP | keyof typeof numbers | keyof typeof texts;

/** In the order in which they are looked at: of texts, which take longest, only those of rows that are left. */
const whereColumns = [
  ...classes,
  GROUP,
  ...(Object.keys(numbers) as (keyof typeof numbers)[]),
  ...(Object.keys(texts) as (keyof typeof texts)[]),
] as const satisfies readonly WhereColumn[];

/**
 * [rows], 1 for live rows that fit.
 * @throws MaskconError "usage" where a column, a class or a group is not known
 */
export function rowsWhere(rows: CollectionRows, where: Where = {}): Uint8Array {
  const allowed = new Uint8Array(rows.length);
  for (let row = 0; row < allowed.length; row++) allowed[row] = rows.status[row] === 0 ? 1 : 0;
  refuseUnknown(where);
  for (const column of whereColumns) {
    const list = where[column]?.map(String);
    if (list === undefined) continue;
    if (isClass(column)) keepClasses(allowed, rows, column, list);
    else if (column === GROUP) keepGroups(allowed, rows, list);
    else if (Object.hasOwn(numbers, column)) keepNumbers(allowed, numbers[column as keyof typeof numbers](rows), list);
    else keepTexts(allowed, rows, column as keyof typeof texts, list);
  }
  return allowed;
}

function refuseUnknown(where: Where): void {
  const column = Object.keys(where).find((name) => !(whereColumns as readonly string[]).includes(name));
  if (column === undefined) return;
  const fix = didYouMean(column, whereColumns);
  const expected = `a column (${whereColumns.join(", ")})`;
  fail("usage", { where: "where", expected, found: JSON.stringify(column), fix });
}

const isClass = (column: string): column is (typeof classes)[number] => (classes as readonly string[]).includes(column);

function keepClasses(
  allowed: Uint8Array,
  rows: CollectionRows,
  column: (typeof classes)[number],
  values: readonly string[],
): void {
  const { numbers, names } = rows[column];
  const wanted = new Uint8Array(names.length + 1);
  for (const value of values) {
    const number = value === "" ? -1 : names.indexOf(value);
    if (number < 0 && value !== "") {
      const fix = didYouMean(value, names);
      fail("usage", {
        where: `where ${column}`,
        expected: `a ${column} class of the collection`,
        found: JSON.stringify(value),
        fix,
      });
    }
    wanted[number + 1] = 1;
  }
  for (let row = 0; row < allowed.length; row++) allowed[row]! &= wanted[numbers[row]! + 1]!;
}

function keepGroups(allowed: Uint8Array, { groups }: CollectionRows, values: readonly string[]): void {
  const wanted = new Set<number>();
  for (const value of values) {
    const byId = groups.list.filter(({ id }) => String(id) === value);
    const found = byId.length > 0 ? byId : groups.list.filter(({ name }) => name === value);
    if (found.length === 0 && value !== "") {
      const fix = didYouMean(
        value,
        groups.list.flatMap(({ name }) => name ?? []),
      );
      const expected = "the id or name of a group of the collection";
      fail("usage", { where: "where group", expected, found: JSON.stringify(value), fix });
    }
    for (const { id } of found) wanted.add(id);
    if (value === "") wanted.add(0);
  }
  for (let row = 0; row < allowed.length; row++) allowed[row]! &= Number(wanted.has(groups.of[row]!));
}

function keepNumbers(allowed: Uint8Array, column: Int32Array, values: readonly string[]): void {
  const none = values.includes("");
  // "007" is another text than 7.
  const wanted = new Set(values.filter((value) => /^(0|[1-9]\d*)$/.test(value)).map(Number));
  const [only = -1] = wanted.size === 1 ? wanted : [];
  for (let row = 0; row < allowed.length; row++) {
    const value = column[row]!;
    const fits = value < 0 ? none : wanted.size > 1 ? wanted.has(value) : value === only;
    if (!fits) allowed[row] = 0;
  }
}

function keepTexts(
  allowed: Uint8Array,
  rows: CollectionRows,
  column: keyof typeof texts,
  values: readonly string[],
): void {
  const wanted = new Set(values);
  const read = texts[column];
  for (let row = 0; row < allowed.length; row++) if (allowed[row] && !wanted.has(read(rows, row))) allowed[row] = 0;
}
