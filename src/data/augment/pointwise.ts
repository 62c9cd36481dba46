import type { Raster } from "./raster.ts";
import { applyToAll } from "./table.ts";

/** PIL's `ImageOps.invert`. */
export function invert({ width, height, data }: Raster): void {
  const bytes = width * height * 3;
  for (let i = 0; i < bytes; i++) data[i] = 255 - data[i]!;
}

/** Keeps the highest `bits` bits of every value: `ImageOps.posterize`. */
export function posterize({ width, height, data }: Raster, bits: number): void {
  const mask = (0xff << (8 - bits)) & 0xff;
  const bytes = width * height * 3;
  for (let i = 0; i < bytes; i++) data[i] = data[i]! & mask;
}

/** Inverts the values at or above `threshold`: `ImageOps.solarize`. */
export function solarize(image: Raster, threshold: number): void {
  applyToAll(image, (byte) => (byte < threshold ? byte : 255 - byte));
}
