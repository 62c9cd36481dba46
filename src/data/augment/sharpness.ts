import { blend } from "./blend.ts";
import { type Raster, reserve, type Stage, swap } from "./raster.ts";

/** Weighted sum of a 3 x 3 neighbourhood (5 in the middle, 1 around it) to its rounded mean. */
const smoothed = Uint8Array.from({ length: 255 * 13 + 1 }, (_, sum) => Math.floor(sum / 13 + 0.5));

let columns = new Int32Array(0);

/** Towards PIL's SMOOTH filter (0) or away from it (above 1): `ImageEnhance.Sharpness`. The outermost pixels stay. */
export function sharpness(stage: Stage, factor: number): void {
  const f = Math.fround(factor);
  const { width, height, data } = stage.front;
  const row = width * 3;
  reserve(stage.back, width, height);
  const out = stage.back.data;
  if (columns.length < row) columns = new Int32Array(row);
  copyRow(stage.front, out, 0);
  for (let y = 1; y < height - 1; y++) {
    const at = y * row;
    for (let i = 0; i < row; i++) columns[i] = data[at + i - row]! + data[at + i]! + data[at + i + row]!;
    for (let i = 3; i < row - 3; i++) {
      const value = data[at + i]!;
      const sum = columns[i - 3]! + columns[i]! + columns[i + 3]! + 4 * value;
      out[at + i] = blend(smoothed[sum]!, value, f);
    }
    for (let c = 0; c < 3; c++) {
      out[at + c] = data[at + c]!;
      out[at + row - 3 + c] = data[at + row - 3 + c]!;
    }
  }
  copyRow(stage.front, out, height - 1);
  swap(stage);
}

function copyRow({ width, data }: Raster, out: Uint8Array, y: number): void {
  for (let i = y * width * 3; i < (y + 1) * width * 3; i++) out[i] = data[i]!;
}
