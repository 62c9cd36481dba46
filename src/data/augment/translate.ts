import type { Raster } from "./raster.ts";

/**
 * Each pixel takes the one `distance` (in pixels, rounded as PIL's nearest-neighbour affine transform does) to its right;
 * what has no source becomes `fill`. In place.
 */
export function translateX({ width, height, data }: Raster, distance: number, fill: number): void {
  const shift = Math.max(-width, Math.min(width, Math.floor(distance + 0.5))) * 3;
  const row = width * 3;
  for (let at = 0; at < height * row; at += row) {
    if (shift >= 0) {
      data.copyWithin(at, at + shift, at + row);
      data.fill(fill, at + row - shift, at + row);
    } else {
      data.copyWithin(at - shift, at, at + row + shift);
      data.fill(fill, at, at - shift);
    }
  }
}

/** As `translateX`, taking the pixel `distance` below. */
export function translateY({ width, height, data }: Raster, distance: number, fill: number): void {
  const shift = Math.max(-height, Math.min(height, Math.floor(distance + 0.5))) * width * 3;
  const bytes = height * width * 3;
  if (shift >= 0) {
    data.copyWithin(0, shift, bytes);
    data.fill(fill, bytes - shift, bytes);
  } else {
    data.copyWithin(-shift, 0, bytes + shift);
    data.fill(fill, 0, -shift);
  }
}
