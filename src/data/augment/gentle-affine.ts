import type { Random } from "../../core/index.ts";
import { sampleBilinear } from "./bilinear.ts";
import { brightness, contrast } from "./enhance.ts";
import { reserve, type Stage, swap } from "./raster.ts";

/** Degrees. */
const ROTATION = 15;
const SHEAR = 0.15;
const CONTRAST = 0.3;
const BRIGHTNESS = 0.3;

const around = (rng: Random, center: number, spread: number): number => center + spread * (2 * rng.uniform() - 1);

/**
 * A strong view for grayscale pictures such as clothes, to which AutoAugment's colours mean little: up to 15 degrees of
 * rotation with a shear of up to 0.15 (bilinear, edges repeated, so that no border shows it), contrast and
 * brightness within 30%. The project's own, not of the paper.
 */
export function gentleAffine(stage: Stage, rng: Random): void {
  turn(stage, (around(rng, 0, ROTATION) * Math.PI) / 180, around(rng, 0, SHEAR));
  contrast(stage.front, around(rng, 1, CONTRAST));
  brightness(stage.front, around(rng, 1, BRIGHTNESS));
}

function turn(stage: Stage, angle: number, shear: number): void {
  const { width, height, data } = stage.front;
  reserve(stage.back, width, height);
  const out = stage.back.data;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  let at = 0;
  for (let y = 0; y < height; y++) {
    const dy = y + 0.5 - height / 2;
    for (let x = 0; x < width; x++, at += 3) {
      const dx = x + 0.5 - width / 2 + shear * dy;
      sampleBilinear(data, width, height, width / 2 + cos * dx + sin * dy, height / 2 - sin * dx + cos * dy, out, at);
    }
  }
  swap(stage);
}
