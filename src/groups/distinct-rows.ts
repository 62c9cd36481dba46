/** The images of a class that differ, in an order that depends on their features alone. */
export interface DistinctRows {
  /** One row of `features` for each different image, ordered by value. */
  readonly rows: Int32Array;
  /** [members]: the place of each member's image in `rows`. */
  readonly placeOf: Int32Array;
}

/**
 * Copies of an image would be a group of their own; they are grouped as one image. The order makes the result independent of
 * the order of the files.
 */
export function distinctRows(features: Float32Array, dim: number, members: Int32Array): DistinctRows {
  const order = Array.from(members.keys()).sort(
    (a, b) => compareRows(features, dim, members[a]!, members[b]!) || members[a]! - members[b]!,
  );
  const rows: number[] = [];
  const placeOf = new Int32Array(members.length);
  for (const member of order) {
    const row = members[member]!;
    const last = rows.at(-1);
    if (last === undefined || compareRows(features, dim, last, row) !== 0) rows.push(row);
    placeOf[member] = rows.length - 1;
  }
  return { rows: Int32Array.from(rows), placeOf };
}

function compareRows(features: Float32Array, dim: number, a: number, b: number): number {
  for (let d = 0; d < dim; d++) {
    const difference = features[a * dim + d]! - features[b * dim + d]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
