import type { RowColumns } from "../columns.ts";

/** Positions of the live images of a group of a class (0: of none), the surest first; those that a person placed before. */
export function imagesOfGroup(
  { length, coarse, group, confidence, status }: RowColumns,
  of: { readonly coarse: number; readonly group: number },
): Int32Array {
  const found = new Int32Array(length);
  let count = 0;
  for (let row = 0; row < length; row++) {
    const isMember = of.group === 0 ? group[row] === 0 && coarse[row] === of.coarse : group[row] === of.group;
    if (isMember && status[row] === 0) found[count++] = row;
  }
  const sureness = (row: number) => (confidence[row]! < 0 ? Number.POSITIVE_INFINITY : confidence[row]!);
  return found.slice(0, count).sort((a, b) => {
    const [first, second] = [sureness(a), sureness(b)];
    return first === second ? a - b : second - first;
  });
}
