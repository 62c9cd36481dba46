import type { CollectionRows } from "../collection/index.ts";
import { hashOf } from "../collection/index.ts";
import { didYouMean, fail } from "../core/index.ts";

/**
 * Which images may be found: each column's value is one of those that are listed; all columns must agree. An empty text
 * stands for no value. A group is named by its id, or by a name that it has.
 */
export type Where = Readonly<Partial<Record<WhereColumn, readonly (string | number)[]>>>;

type Reader = (rows: CollectionRows, row: number) => string;

const classes = ["coarse", "fine", "split"] as const;
const GROUP = "group";

/** Columns whose values are compared as text. */
const texts = {
  id: ({ ids }, row) => String(ids[row]),
  name: ({ names }, row) => names[row]!,
  file: ({ files }, row) => files[row] ?? "",
  source: ({ sources }, row) => String(sources[row]),
  width: ({ widths }, row) => String(widths[row]),
  height: ({ heights }, row) => String(heights[row]),
  bytes: ({ bytes }, row) => (bytes[row]! < 0 ? "" : String(bytes[row])),
  hash: hashOf,
} satisfies Record<string, Reader>;

/**
 * A column that a search can filter by.
 * @inline
 */
export type WhereColumn = (typeof classes)[number] | typeof GROUP | keyof typeof texts;

const whereColumns: readonly WhereColumn[] = [...classes, GROUP, ...(Object.keys(texts) as (keyof typeof texts)[])];

/**
 * [rows], 1 for live rows that fit.
 * @throws MaskconError "usage" where a column, a class or a group is not known
 */
export function rowsWhere(rows: CollectionRows, where: Where = {}): Uint8Array {
  const allowed = new Uint8Array(rows.length);
  for (let row = 0; row < allowed.length; row++) allowed[row] = rows.status[row] === 0 ? 1 : 0;
  for (const [column, values] of Object.entries(where)) {
    const list = (values as readonly (string | number)[]).map(String);
    if (isClass(column)) keepClasses(allowed, rows, column, list);
    else if (column === GROUP) keepGroups(allowed, rows, list);
    else keepTexts(allowed, rows, column, list);
  }
  return allowed;
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
  for (let row = 0; row < allowed.length; row++) if (!wanted.has(groups.of[row]!)) allowed[row] = 0;
}

function keepTexts(allowed: Uint8Array, rows: CollectionRows, column: string, values: readonly string[]): void {
  if (!Object.hasOwn(texts, column)) {
    const fix = didYouMean(column, whereColumns);
    fail("usage", {
      where: "where",
      expected: `a column (${whereColumns.join(", ")})`,
      found: JSON.stringify(column),
      fix,
    });
  }
  const wanted = new Set(values);
  const read: Reader = texts[column as keyof typeof texts];
  for (let row = 0; row < allowed.length; row++) if (allowed[row] && !wanted.has(read(rows, row))) allowed[row] = 0;
}
