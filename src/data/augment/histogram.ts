import type { Raster } from "./raster.ts";
import { applyTable, table } from "./table.ts";

const histogram = new Int32Array(768);

function count({ width, height, data }: Raster): void {
  histogram.fill(0);
  const bytes = width * height * 3;
  for (let i = 0; i < bytes; i += 3) {
    histogram[data[i]!]!++;
    histogram[256 + data[i + 1]!]!++;
    histogram[512 + data[i + 2]!]!++;
  }
}

/** Stretches each channel to 0 .. 255: PIL's `ImageOps.autocontrast` without cutoff. */
export function autocontrast(image: Raster): void {
  count(image);
  for (let base = 0; base < 768; base += 256) {
    let low = 0;
    let high = 255;
    while (low < 255 && histogram[base + low] === 0) low++;
    while (high > 0 && histogram[base + high] === 0) high--;
    const scale = high > low ? 255 / (high - low) : 1;
    const offset = high > low ? -low * scale : 0;
    for (let i = 0; i < 256; i++) table[base + i] = Math.max(0, Math.min(255, Math.trunc(i * scale + offset)));
  }
  applyTable(image);
}

/** Makes each channel's histogram flat: PIL's `ImageOps.equalize`, whole-number arithmetic and all. */
export function equalize(image: Raster): void {
  count(image);
  for (let base = 0; base < 768; base += 256) {
    let last = 255;
    while (last > 0 && histogram[base + last] === 0) last--;
    const step = Math.floor((image.width * image.height - histogram[base + last]!) / 255);
    let n = step >> 1;
    for (let i = 0; i < 256; i++) {
      // A step of 0 also stands for a channel of one value: both stay as they are.
      table[base + i] = step === 0 ? i : Math.min(255, Math.floor(n / step));
      n += histogram[base + i]!;
    }
  }
  applyTable(image);
}
