import { kernelMemory, kernels } from "./kernels.ts";
import { type Raster, type RasterView, reserve } from "./raster.ts";
import { type Taps, tapsOf } from "./taps.ts";

/** A rectangle of an image, in pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Bytes of the source that are copied to the kernels at once: they stay in the second-level cache. */
const BAND = 1 << 18;
/** Kernels read and write up to 16 bytes at a time. */
const SLACK = 16;

/**
 * Crops `box` out of `source` and resizes it into `target` (size x size): torchvision's `resized_crop` on a PIL image
 * (antialiased bilinear; the filter does not look outside the crop). Equal to Pillow 9.4 bit for bit.
 */
export function resizedCrop(source: RasterView, box: Box, target: Raster, width: number, height: number): void {
  reserve(target, width, height);
  if (box.width === width && box.height === height) {
    copyRows(source, box, target.data);
    return;
  }
  const across = tapsOf(box.width, width);
  const down = tapsOf(box.height, height);
  const row = width * 3;
  const stride = source.width * 3;
  const bandRows = Math.min(box.height, Math.max(1, Math.floor(BAND / stride)));

  const downAt = tableBytes(across);
  const outAt = downAt + tableBytes(down);
  const betweenAt = aligned(outAt + row * height + SLACK);
  const bandAt = aligned(betweenAt + row * (box.height + 2 * down.pairs) + SLACK);
  const memory = kernelMemory(bandAt + stride * bandRows + 6 * across.pairs + 2 * SLACK);

  writeTable(memory, 0, across);
  writeTable(memory, downAt, down);
  for (let y = 0; y < box.height; y += bandRows) {
    const rows = Math.min(bandRows, box.height - y);
    const from = source.offset + (box.top + y) * stride + box.left * 3;
    const at = copyBand(source.data, from, (rows - 1) * stride + box.width * 3, memory, bandAt);
    kernels().resampleRows(at, stride, rows, betweenAt + y * row, width, 0, across.starts.byteLength, across.pairs);
  }
  kernels().resampleColumns(betweenAt, row, outAt, height, downAt, downAt + down.starts.byteLength, down.pairs);
  target.data.set(memory.subarray(outAt, outAt + row * height));
}

function copyRows(source: RasterView, { left, top, width, height }: Box, out: Uint8Array): void {
  // Rows that follow one another are one.
  const isWhole = width === source.width;
  const [rows, length] = isWhole ? [1, 3 * width * height] : [height, 3 * width];
  for (let y = 0; y < rows; y++) {
    const from = source.offset + 3 * ((top + y) * source.width + left);
    out.set(source.data.subarray(from, from + length), y * length);
  }
}

/** Resizes the whole image, aspect not kept: the evaluation transform. */
export function resize(source: RasterView, target: Raster, width: number, height: number): void {
  whole.width = source.width;
  whole.height = source.height;
  resizedCrop(source, whole, target, width, height);
}

const whole: Box = { left: 0, top: 0, width: 0, height: 0 };

const aligned = (address: number): number => (address + 7) & ~7;

const tableBytes = ({ starts, weights }: Taps): number => aligned(starts.byteLength + weights.byteLength);

function writeTable({ buffer }: Uint8Array<ArrayBuffer>, at: number, { starts, weights }: Taps): void {
  const words = new Int32Array(buffer, at);
  words.set(starts);
  words.set(weights, starts.length);
}

/**
 * Copies to `at` or a few bytes beyond, and returns where. Both sides then stand alike in their words: out of shared memory
 * V8 copies words where they do, and single bytes elsewhere.
 */
function copyBand(data: Uint8Array, from: number, length: number, memory: Uint8Array, at: number): number {
  const place = at + ((data.byteOffset + from) & 7);
  memory.set(data.subarray(from, from + length), place);
  return place;
}
