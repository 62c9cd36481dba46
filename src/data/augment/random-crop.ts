import type { Random } from "../../core/index.ts";
import type { Box } from "./resize.ts";

export const SCALE: readonly [number, number] = [0.2, 1];
export const RATIO: readonly [number, number] = [3 / 4, 4 / 3];

/**
 * Chooses the rectangle of torchvision 0.14's `RandomResizedCrop`: a share of the area and an aspect ratio (uniform in
 * its logarithm), ten tries, then the largest central crop whose ratio is allowed. Fills and returns `box`.
 */
export function randomBox(width: number, height: number, rng: Random, box: Box): Box {
  const low = Math.log(RATIO[0]);
  const high = Math.log(RATIO[1]);
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = width * height * (SCALE[0] + (SCALE[1] - SCALE[0]) * rng.uniform());
    const ratio = Math.exp(low + (high - low) * rng.uniform());
    const w = Math.round(Math.sqrt(area * ratio));
    const h = Math.round(Math.sqrt(area / ratio));
    if (w > 0 && w <= width && h > 0 && h <= height) {
      box.width = w;
      box.height = h;
      box.top = rng.integer(height - h + 1);
      box.left = rng.integer(width - w + 1);
      return box;
    }
  }
  return centralBox(width, height, box);
}

function centralBox(width: number, height: number, box: Box): Box {
  const ratio = width / height;
  box.width = ratio > RATIO[1] ? Math.round(height * RATIO[1]) : width;
  box.height = ratio < RATIO[0] ? Math.round(width / RATIO[0]) : height;
  box.left = (width - box.width) >> 1;
  box.top = (height - box.height) >> 1;
  return box;
}
