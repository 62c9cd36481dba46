import type { Raster } from "./raster.ts";

/** One byte for each byte of each channel: red at 0, green at 256, blue at 512. Made anew by every pointwise operation. */
export const table = new Uint8Array(768);

/** Replaces every byte by its entry in `table`. */
export function applyTable({ width, height, data }: Raster): void {
  const bytes = width * height * 3;
  for (let i = 0; i < bytes; i += 3) {
    data[i] = table[data[i]!]!;
    data[i + 1] = table[256 + data[i + 1]!]!;
    data[i + 2] = table[512 + data[i + 2]!]!;
  }
}

/** Applies `value(byte)` (truncated to 0 .. 255 by the caller) to all three channels alike. */
export function applyToAll(image: Raster, value: (byte: number) => number): void {
  for (let byte = 0; byte < 256; byte++) {
    table[byte] = value(byte);
    table[256 + byte] = table[byte]!;
    table[512 + byte] = table[byte]!;
  }
  applyTable(image);
}
