import { type Raster, type RasterView, raster, reserve } from "./raster.ts";
import { HALF, PRECISION, type Taps, tapsOf } from "./taps.ts";

/** A rectangle of an image, in pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

const between = raster();

/**
 * Crops `box` out of `source` and resizes it into `target` (size x size): torchvision's `resized_crop` on a PIL image
 * (antialiased bilinear; the filter does not look outside the crop). Equal to Pillow 9.4 bit for bit.
 */
export function resizedCrop(source: RasterView, box: Box, target: Raster, width: number, height: number): void {
  const stride = source.width * 3;
  const origin = source.offset + box.top * stride + box.left * 3;
  reserve(target, width, height);
  if (box.height === height) {
    acrossRows(source.data, origin, stride, target, box.width);
  } else if (box.width === width) {
    downColumns(source.data, origin, stride, box.height, target);
  } else {
    reserve(between, width, box.height);
    acrossRows(source.data, origin, stride, between, box.width);
    downColumns(between.data, 0, width * 3, box.height, target);
  }
}

/** Resizes the whole image, aspect not kept: the evaluation transform. */
export function resize(source: RasterView, target: Raster, width: number, height: number): void {
  whole.width = source.width;
  whole.height = source.height;
  resizedCrop(source, whole, target, width, height);
}

const whole: Box = { left: 0, top: 0, width: 0, height: 0 };

/** Horizontal pass: `out.height` rows of `inWidth` pixels become rows of `out.width`. */
function acrossRows(data: Uint8Array, origin: number, stride: number, out: Raster, inWidth: number): void {
  const { width, height } = out;
  if (inWidth === width) {
    for (let y = 0; y < height; y++) copy(data, origin + y * stride, out.data, y * width * 3, width * 3);
  } else if (inWidth < width) {
    acrossPairs(data, origin, stride, out, tapsOf(inWidth, width));
  } else {
    acrossMany(data, origin, stride, out, tapsOf(inWidth, width));
  }
}

/** A loop, because `subarray` allocates and rows are short. */
function copy(from: Uint8Array, fromAt: number, to: Uint8Array, toAt: number, length: number): void {
  for (let i = 0; i < length; i++) to[toAt + i] = from[fromAt + i]!;
}

/** Enlarging: never more than two weights, so no inner loop. */
function acrossPairs(data: Uint8Array, origin: number, stride: number, out: Raster, taps: Taps): void {
  const { starts, counts, weights, width: tapWidth } = taps;
  const { width, height, data: result } = out;
  for (let x = 0; x < width; x++) {
    const first = weights[x * tapWidth]! | 0;
    const second = weights[x * tapWidth + 1]! | 0;
    let a = origin + starts[x]! * 3;
    // One weight at the border: the second is 0, and must not read beyond the row.
    const step = counts[x]! > 1 ? 3 : 0;
    let at = x * 3;
    for (let y = 0; y < height; y++) {
      const b = a + step;
      result[at] = (Math.imul(data[a]!, first) + Math.imul(data[b]!, second) + HALF) >> PRECISION;
      result[at + 1] = (Math.imul(data[a + 1]!, first) + Math.imul(data[b + 1]!, second) + HALF) >> PRECISION;
      result[at + 2] = (Math.imul(data[a + 2]!, first) + Math.imul(data[b + 2]!, second) + HALF) >> PRECISION;
      a += stride;
      at += width * 3;
    }
  }
}

function acrossMany(data: Uint8Array, origin: number, stride: number, out: Raster, taps: Taps): void {
  const { starts, counts, weights, width: tapWidth } = taps;
  const { width, height, data: result } = out;
  for (let y = 0; y < height; y++) {
    let at = y * width * 3;
    for (let x = 0; x < width; x++) {
      let a = origin + y * stride + starts[x]! * 3;
      let r = HALF;
      let g = HALF;
      let b = HALF;
      const from = x * tapWidth;
      const to = from + counts[x]!;
      for (let k = from; k < to; k++) {
        const weight = weights[k]!;
        r = (r + Math.imul(data[a]!, weight)) | 0;
        g = (g + Math.imul(data[a + 1]!, weight)) | 0;
        b = (b + Math.imul(data[a + 2]!, weight)) | 0;
        a += 3;
      }
      result[at++] = clamped(r >> PRECISION);
      result[at++] = clamped(g >> PRECISION);
      result[at++] = clamped(b >> PRECISION);
    }
  }
}

/** Rounded weights may sum to a hair over one. */
const clamped = (value: number): number => Math.min(value, 255);

/** Vertical pass: columns of `inHeight` (rows `stride` apart) become columns of `out.height`. */
function downColumns(data: Uint8Array, origin: number, stride: number, inHeight: number, out: Raster): void {
  const { starts, counts, weights, width } = tapsOf(inHeight, out.height);
  const row = out.width * 3;
  for (let y = 0; y < out.height; y++) {
    const first = origin + starts[y]! * stride;
    const count = counts[y]!;
    const from = y * width;
    if (count > 2) sumRows(data, first, stride, weights, from, count, out.data, y * row, row);
    else
      blendRows(
        data,
        first,
        count > 1 ? first + stride : first,
        weights[from]!,
        weights[from + 1]!,
        out.data,
        y * row,
        row,
      );
  }
}

function blendRows(
  data: Uint8Array,
  a: number,
  b: number,
  weightA: number,
  weightB: number,
  result: Uint8Array,
  at: number,
  row: number,
): void {
  for (let i = 0; i < row; i++) {
    result[at + i] = (Math.imul(data[a + i]!, weightA) + Math.imul(data[b + i]!, weightB) + HALF) >> PRECISION;
  }
}

function sumRows(
  data: Uint8Array,
  first: number,
  stride: number,
  weights: Int32Array,
  from: number,
  count: number,
  result: Uint8Array,
  at: number,
  row: number,
): void {
  for (let i = 0; i < row; i++) {
    let sum = HALF;
    let a = first + i;
    for (let k = from; k < from + count; k++) {
      sum = (sum + Math.imul(data[a]!, weights[k]!)) | 0;
      a += stride;
    }
    result[at + i] = clamped(sum >> PRECISION);
  }
}
