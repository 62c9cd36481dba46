import type { Random } from "../../core/index.ts";
import { gaussianBlur } from "./blur.ts";
import { brightness, contrast, grayscale, saturation } from "./enhance.ts";
import { hue } from "./hue.ts";
import type { Stage } from "./raster.ts";

const BRIGHTNESS = 0.4;
const CONTRAST = 0.4;
const SATURATION = 0.4;
const HUE = 0.1;

const between = (rng: Random, low: number, high: number): number => low + (high - low) * rng.uniform();
const order = new Uint8Array(4);

/** torchvision's `ColorJitter(0.4, 0.4, 0.4, 0.1)`: four adjustments in random order. */
function colorJitter({ front }: Stage, rng: Random): void {
  shuffle(rng);
  const b = between(rng, 1 - BRIGHTNESS, 1 + BRIGHTNESS);
  const c = between(rng, 1 - CONTRAST, 1 + CONTRAST);
  const s = between(rng, 1 - SATURATION, 1 + SATURATION);
  const h = between(rng, -HUE, HUE);
  for (let i = 0; i < 4; i++) {
    if (order[i] === 0) brightness(front, b);
    else if (order[i] === 1) contrast(front, c);
    else if (order[i] === 2) saturation(front, s);
    else hue(front, h);
  }
}

function shuffle(rng: Random): void {
  for (let i = 0; i < 4; i++) {
    const j = rng.integer(i + 1);
    order[i] = order[j]!;
    order[j] = i;
  }
}

/** The official strong view's colour part for cars: jitter (p 0.8), grayscale (p 0.2), blur of sigma 0.1 to 2 (p 0.5). */
export function colorDistortion(stage: Stage, rng: Random): void {
  if (rng.uniform() < 0.8) colorJitter(stage, rng);
  if (rng.uniform() < 0.2) grayscale(stage.front);
  if (rng.uniform() < 0.5) gaussianBlur(stage.front, between(rng, 0.1, 2));
}
