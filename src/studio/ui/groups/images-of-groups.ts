import type { RowColumns } from "../columns.ts";

/**
 * Positions of the live images of groups of a class (0: of none), each group's surest first; those that a person placed come
 * last. All groups in one pass: there may be a million rows.
 */
export function imagesOfGroups(
  { length, coarse, group, confidence, status }: RowColumns,
  of: { readonly coarse: number; readonly groups: readonly number[] },
): Map<number, Int32Array> {
  const found = new Map(of.groups.map((id) => [id, [] as number[]]));
  for (let row = 0; row < length; row++) {
    const id = group[row]!;
    if (status[row] === 0 && (id !== 0 || coarse[row] === of.coarse)) found.get(id)?.push(row);
  }
  // Without a share of its own an image has -1.
  const surestFirst = (a: number, b: number) => confidence[b]! - confidence[a]! || a - b;
  return new Map([...found].map(([id, rows]) => [id, Int32Array.from(rows).sort(surestFirst)]));
}
