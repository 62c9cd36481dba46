import type { Raster } from "./raster.ts";

/** Mirrors the image left to right, in place. */
export function flip({ width, height, data }: Raster): void {
  for (let y = 0; y < height; y++) {
    let a = y * width * 3;
    let b = a + (width - 1) * 3;
    for (; a < b; a += 3, b -= 3) {
      const r = data[a]!;
      const g = data[a + 1]!;
      const blue = data[a + 2]!;
      data[a] = data[b]!;
      data[a + 1] = data[b + 1]!;
      data[a + 2] = data[b + 2]!;
      data[b] = r;
      data[b + 1] = g;
      data[b + 2] = blue;
    }
  }
}
