import { type ColumnName, columnNames } from "../protocol.ts";

/** The rows of the collection by column. A row's position is its place in every column; ids rise with it. */
export type RowColumns = Readonly<Record<ColumnName, Int32Array>> & { readonly length: number };

/** Splits what `GET /api/columns` answers. */
export function columnsOf(bytes: ArrayBuffer): RowColumns {
  const all = new Int32Array(bytes);
  const length = all.length / columnNames.length;
  const entries = columnNames.map((name, i) => [name, all.subarray(i * length, (i + 1) * length)]);
  return { ...(Object.fromEntries(entries) as Record<ColumnName, Int32Array>), length };
}

/** -1 where no row has the id. */
export function positionOfId(ids: Int32Array, id: number): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ids[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return ids[low] === id ? low : -1;
}

/** Which rows are shown; undefined: whatever they have. -1 stands for none. */
export interface Filter {
  readonly coarse?: number | undefined;
  readonly fine?: number | undefined;
  readonly split?: number | undefined;
  /** An id; 0 for none. */
  readonly group?: number | undefined;
  /** 0: live. */
  readonly status: number;
}

export const liveFilter: Filter = { status: 0 };

/** Positions of the rows that fit, in order. */
export function positionsWhere(columns: RowColumns, filter: Filter): Int32Array {
  const tests = (Object.entries(filter) as [keyof Filter, number | undefined][]).filter(
    ([, value]) => value !== undefined,
  );
  const found = new Int32Array(columns.length);
  let count = 0;
  for (let row = 0; row < columns.length; row++) {
    if (tests.every(([name, value]) => columns[name][row] === value)) found[count++] = row;
  }
  return found.slice(0, count);
}
