import type { Raster } from "./raster.ts";

const { fround } = Math;

/** Turns the hue by `factor` of a circle (-0.5 to 0.5): torchvision's `adjust_hue` through PIL's 8-bit HSV. */
export function hue({ width, height, data }: Raster, factor: number): void {
  const shift = Math.trunc(factor * 255) & 255;
  const bytes = width * height * 3;
  if (hues.length === 0) fillHues();
  for (let i = 0; i < bytes; i += 3) {
    const r = data[i]!;
    const g = data[i + 1]!;
    const b = data[i + 2]!;
    let order = 0;
    let max = r;
    let middle = b;
    let min = g;
    if (r >= g && r >= b) {
      if (g >= b) [order, middle, min] = [1, g, b];
    } else if (g >= b) {
      max = g;
      if (r < b) [order, min] = [2, r];
      else [order, middle, min] = [3, r, b];
    } else {
      max = b;
      if (r < g) [order, middle, min] = [4, g, r];
      else [order, middle] = [5, r];
    }
    const spread = max - min;
    // Gray has no hue; PIL gives it saturation 0 and gets it back unchanged.
    if (spread === 0) continue;
    const s = Math.trunc(fround(fround(spread / max) * 255));
    if (s === 0) {
      data[i] = max;
      data[i + 1] = max;
      data[i + 2] = max;
    } else {
      writeRgb(data, i, (hues[(order << 16) + ((max - middle) << 8) + spread]! + shift) & 255, s, max);
    }
  }
}

/** The channels from greatest to smallest, as the orders of `hue` number them. */
const orders = [
  [0, 2, 1],
  [0, 1, 2],
  [1, 2, 0],
  [1, 0, 2],
  [2, 1, 0],
  [2, 0, 1],
] as const;

/** [order, greatest - middle, greatest - smallest]: all that the hue depends on. */
let hues = new Uint8Array(0);
/** [hue]: which sixth of the circle, and how far the rising or falling channel is from the greatest in it. */
const sixths = new Uint8Array(256);
const distances = new Float64Array(256);

/** At the first use: a few milliseconds. */
function fillHues(): void {
  hues = new Uint8Array(6 << 16);
  const rgb = [0, 0, 0];
  for (const [order, [greatest, middle, smallest]] of orders.entries()) {
    for (let spread = 1; spread < 256; spread++) {
      for (let below = 0; below <= spread; below++) {
        rgb[greatest] = spread;
        rgb[middle] = spread - below;
        rgb[smallest] = 0;
        hues[(order << 16) + (below << 8) + spread] = hueOf(rgb[0]!, rgb[1]!, rgb[2]!, spread, spread);
      }
    }
  }
  for (let h = 0; h < 256; h++) {
    const sixth = (h * 6) / 255;
    const i = Math.floor(sixth);
    const f = fround(sixth - i);
    sixths[h] = i % 6;
    distances[h] = i % 2 === 1 ? f : 1 - f;
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
  const fs = fround(s / 255);
  const p = (v * (1 - fs) + 0.5) | 0;
  const qt = (v * (1 - fs * distances[h]!) + 0.5) | 0;
  const sixth = sixths[h]!;
  data[at] = sixth === 0 || sixth === 5 ? v : sixth === 1 || sixth === 4 ? qt : p;
  data[at + 1] = sixth === 1 || sixth === 2 ? v : sixth === 0 || sixth === 3 ? qt : p;
  data[at + 2] = sixth === 3 || sixth === 4 ? v : sixth === 2 || sixth === 5 ? qt : p;
}
