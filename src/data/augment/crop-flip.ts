import type { Random } from "../../core/index.ts";
import { flip } from "./flip.ts";
import { randomBox } from "./random-crop.ts";
import type { RasterView, Stage } from "./raster.ts";
import { type Box, resizedCrop } from "./resize.ts";

const box: Box = { left: 0, top: 0, width: 0, height: 0 };

/** The start of every training view: random resized crop to size x size, mirrored half of the time. */
export function cropFlip(stage: Stage, source: RasterView, size: number, rng: Random): void {
  resizedCrop(source, randomBox(source.width, source.height, rng, box), stage.front, size, size);
  if (rng.uniform() < 0.5) flip(stage.front);
}
