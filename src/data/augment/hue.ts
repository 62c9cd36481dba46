import type { Raster } from "./raster.ts";

const { fround } = Math;

/** Turns the hue by `factor` of a circle (-0.5 to 0.5): torchvision's `adjust_hue` through PIL's 8-bit HSV. */
export function hue({ width, height, data }: Raster, factor: number): void {
  const shift = Math.trunc(factor * 255) & 255;
  const bytes = width * height * 3;
  for (let i = 0; i < bytes; i += 3) {
    const r = data[i]!;
    const g = data[i + 1]!;
    const b = data[i + 2]!;
    const max = Math.max(r, g, b);
    const spread = max - Math.min(r, g, b);
    // Gray has no hue; PIL gives it saturation 0 and gets it back unchanged.
    if (spread === 0) continue;
    const s = Math.trunc(fround(fround(spread / max) * 255));
    if (s === 0) {
      data[i] = max;
      data[i + 1] = max;
      data[i + 2] = max;
    } else {
      writeRgb(data, i, (hueOf(r, g, b, max, spread) + shift) & 255, s, max);
    }
  }
}

/** PIL's `rgb2hsv`: 0 .. 255 around the circle. */
function hueOf(r: number, g: number, b: number, max: number, spread: number): number {
  const rc = fround((max - r) / spread);
  const gc = fround((max - g) / spread);
  const bc = fround((max - b) / spread);
  const sector = fround(r === max ? fround(bc - gc) : g === max ? 2 + rc - bc : 4 + gc - rc);
  const turn = sector / 6 + 1;
  return Math.trunc(fround(turn - Math.floor(turn)) * 255);
}

/** PIL's `hsv2rgb`. */
function writeRgb(data: Uint8Array, at: number, h: number, s: number, v: number): void {
  const sixth = (h * 6) / 255;
  const i = Math.floor(sixth);
  const f = fround(sixth - i);
  const fs = fround(s / 255);
  const p = Math.floor(v * (1 - fs) + 0.5);
  const q = Math.floor(v * (1 - fs * f) + 0.5);
  const t = Math.floor(v * (1 - fs * (1 - f)) + 0.5);
  const sector = i % 6;
  data[at] = sector === 0 || sector === 5 ? v : sector === 1 ? q : sector === 4 ? t : p;
  data[at + 1] = sector === 1 || sector === 2 ? v : sector === 0 ? t : sector === 3 ? q : p;
  data[at + 2] = sector === 3 || sector === 4 ? v : sector === 2 ? t : sector === 5 ? q : p;
}
