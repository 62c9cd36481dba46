import { concat, type Value } from "../engine/index.ts";

/**
 * What there is once an image, [N, ...], for all `rows` = R N crops of the images: [R N, ...]. The first crop of every image
 * comes first, then the second of every image: row r N + n is of image n.
 */
export function forEveryCrop(values: Value, rows: number): Value {
  const n = values.shape[0]!;
  return rows === n ? values : concat(new Array<Value>(rows / n).fill(values), { axis: 0 });
}
