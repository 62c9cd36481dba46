import { blend, luma } from "./blend.ts";
import type { Raster } from "./raster.ts";
import { applyToAll } from "./table.ts";

// PIL's ImageEnhance: a factor of 1 leaves the image as it is.

/** Towards black (0) or brighter (above 1). */
export function brightness(image: Raster, factor: number): void {
  const f = Math.fround(factor);
  applyToAll(image, (byte) => blend(0, byte, f));
}

/** Towards the image's mean gray (0) or away from it (above 1). */
export function contrast(image: Raster, factor: number): void {
  const f = Math.fround(factor);
  const mean = meanLuma(image);
  applyToAll(image, (byte) => blend(mean, byte, f));
}

function meanLuma({ width, height, data }: Raster): number {
  const pixels = width * height;
  let sum = 0;
  for (let i = 0; i < pixels * 3; i += 3) sum += luma(data[i]!, data[i + 1]!, data[i + 2]!);
  return Math.trunc(sum / pixels + 0.5);
}

/** Towards gray (0) or more colourful (above 1): PIL's `Color`, torchvision's `adjust_saturation`. */
export function saturation({ width, height, data }: Raster, factor: number): void {
  const f = Math.fround(factor);
  const bytes = width * height * 3;
  for (let i = 0; i < bytes; i += 3) {
    const gray = luma(data[i]!, data[i + 1]!, data[i + 2]!);
    data[i] = blend(gray, data[i]!, f);
    data[i + 1] = blend(gray, data[i + 1]!, f);
    data[i + 2] = blend(gray, data[i + 2]!, f);
  }
}

/** All three channels become the luma. */
export function grayscale({ width, height, data }: Raster): void {
  const bytes = width * height * 3;
  for (let i = 0; i < bytes; i += 3) {
    const gray = luma(data[i]!, data[i + 1]!, data[i + 2]!);
    data[i] = gray;
    data[i + 1] = gray;
    data[i + 2] = gray;
  }
}
