import { luma } from "./blend.ts";
import { kernelMemory, kernels } from "./kernels.ts";
import type { Raster } from "./raster.ts";

// PIL's ImageEnhance: a factor of 1 leaves the image as it is.

/** Kernels read and write up to 16 bytes at a time. */
const SLACK = 16;

/** Towards black (0) or brighter (above 1). */
export function brightness(image: Raster, factor: number): void {
  const bytes = load(image);
  kernels().blendBytes(0, bytes, 0, factor);
  store(image, 0);
}

/** Towards the image's mean gray (0) or away from it (above 1). */
export function contrast(image: Raster, factor: number): void {
  const bytes = load(image);
  const mean = Math.trunc(kernels().sumOfLumas(0, bytes) / (bytes / 3) + 0.5);
  kernels().blendBytes(0, bytes, mean, factor);
  store(image, 0);
}

/** Towards gray (0) or more colourful (above 1): PIL's `Color`, torchvision's `adjust_saturation`. */
export function saturation(image: Raster, factor: number): void {
  const bytes = load(image);
  const to = bytes + SLACK;
  kernels().saturate(0, to, bytes, factor);
  store(image, to);
}

/** Copies the image to the start of the kernels' memory, with zeros behind, and returns its bytes. There is room for two. */
function load({ width, height, data }: Raster): number {
  const bytes = width * height * 3;
  const memory = kernelMemory(2 * (bytes + SLACK));
  memory.set(data.subarray(0, bytes));
  memory.fill(0, bytes, bytes + SLACK);
  return bytes;
}

function store({ width, height, data }: Raster, from: number): void {
  data.set(kernelMemory(0).subarray(from, from + width * height * 3));
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
