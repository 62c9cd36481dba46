import type { Normalization } from "../dataset.ts";
import { kernelMemory, kernels } from "./kernels.ts";
import type { Raster } from "./raster.ts";

/** Pixels at a time: their bytes and floats stay in the caches of a core. */
const BLOCK = 4096;
/** Floats from one plane of a block to the next: kernels write four at a time. */
const PLANE = BLOCK + 4;
/** Behind the bytes of a block; kernels read up to 16 at a time. */
const FLOATS_AT = 3 * BLOCK + 16;

/**
 * Writes the image as planes [3, height, width] into `out` from element `at`: (byte / 255 - mean) / std in the float32 steps of
 * torchvision's `ToTensor` and `Normalize`.
 */
export function writePlanes(image: Raster, { mean, std }: Normalization, out: Float32Array, at: number): void {
  const memory = kernelMemory(FLOATS_AT + 3 * PLANE * 4);
  const floats = new Float32Array(memory.buffer, FLOATS_AT, 3 * PLANE);
  const pixels = image.width * image.height;
  for (let first = 0; first < pixels; first += BLOCK) {
    const count = Math.min(BLOCK, pixels - first);
    memory.set(image.data.subarray(3 * first, 3 * (first + count)));
    kernels().normalizePlanes(0, FLOATS_AT, 4 * PLANE, count, ...mean, ...std);
    for (let channel = 0; channel < 3; channel++) {
      const plane = floats.subarray(channel * PLANE, channel * PLANE + count);
      out.set(plane, at + channel * pixels + first);
    }
  }
}
