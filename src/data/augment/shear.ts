import { reserve, type Stage, swap } from "./raster.ts";

/** Moves each column up in proportion to its distance from the image's left edge: PIL's affine transform, bicubic. */
export function shearY(stage: Stage, slope: number, fill: number): void {
  const { width, height } = stage.front;
  reserve(stage.back, width, height);
  for (let x = 0; x < width; x++) shiftLine(stage, x * 3, width * 3, height, slope * (x + 0.5), fill);
  swap(stage);
}

/**
 * Writes one line whose position i comes from i + `distance` of the same line. The fraction is the same along the line, so
 * one set of cubic weights serves all of it.
 */
function shiftLine(stage: Stage, origin: number, stride: number, length: number, distance: number, fill: number): void {
  const data = stage.front.data;
  const out = stage.back.data;
  const whole = Math.floor(distance);
  const d = distance - whole;
  // PIL asks whether the pixel's centre falls inside the image.
  const first = Math.max(0, Math.ceil(-distance - 0.5));
  const end = Math.min(length, Math.ceil(length - distance - 0.5));
  const last = length - 1;
  for (let i = 0; i < length; i++) {
    const at = origin + i * stride;
    if (i < first || i >= end) {
      out[at] = fill;
      out[at + 1] = fill;
      out[at + 2] = fill;
      continue;
    }
    const from = i + whole;
    const a = origin + Math.max(0, from - 1) * stride;
    const b = origin + Math.max(0, from) * stride;
    const c = origin + Math.min(last, from + 1) * stride;
    const e = origin + Math.min(last, from + 2) * stride;
    out[at] = cubic(data[a]!, data[b]!, data[c]!, data[e]!, d);
    out[at + 1] = cubic(data[a + 1]!, data[b + 1]!, data[c + 1]!, data[e + 1]!, d);
    out[at + 2] = cubic(data[a + 2]!, data[b + 2]!, data[c + 2]!, data[e + 2]!, d);
  }
}

/** PIL's BICUBIC between `b` (d = 0) and `c` (d = 1), cut to a byte without rounding. */
function cubic(a: number, b: number, c: number, e: number, d: number): number {
  const value = b + d * (c - a + d * (2 * (a - b) + c - e + d * (b - a + e - c)));
  return value <= 0 ? 0 : value >= 255 ? 255 : value | 0;
}
