/** A new [rows.length, width] matrix of some rows of a matrix, in this order. */
export function gatherRows<T extends Float32Array | Float64Array>(
  values: T,
  width: number,
  rows: ArrayLike<number>,
): T {
  const gathered = new (values.constructor as new (length: number) => T)(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    gathered.set(values.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width);
  }
  return gathered;
}
