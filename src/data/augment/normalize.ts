import type { Normalization } from "../dataset.ts";
import type { Raster } from "./raster.ts";

/** [3, 256]: what each byte of each channel becomes, in the float32 steps of torchvision's `ToTensor` and `Normalize`. */
export function normalizationTable({ mean, std }: Normalization): Float32Array {
  const { fround } = Math;
  return Float32Array.from({ length: 768 }, (_, i) => {
    const channel = i >> 8;
    return fround(fround(fround((i & 255) / 255) - fround(mean[channel]!)) / fround(std[channel]!));
  });
}

/** Writes the image as normalised planes [3, height, width] into `out` from element `at`. */
export function writePlanes(image: Raster, table: Float32Array, out: Float32Array, at: number): void {
  const { data } = image;
  const pixels = image.width * image.height;
  for (let i = 0, from = 0; i < pixels; i++, from += 3) {
    out[at + i] = table[data[from]!]!;
    out[at + pixels + i] = table[256 + data[from + 1]!]!;
    out[at + 2 * pixels + i] = table[512 + data[from + 2]!]!;
  }
}
