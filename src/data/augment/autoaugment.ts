import type { Random } from "../../core/index.ts";
import { brightness, contrast, saturation } from "./enhance.ts";
import { autocontrast, equalize } from "./histogram.ts";
import { invert, posterize, solarize } from "./pointwise.ts";
import type { Stage } from "./raster.ts";
import { rotate } from "./rotate.ts";
import { sharpness } from "./sharpness.ts";
import { shearY } from "./shear.ts";
import { translateX, translateY } from "./translate.ts";

const FILL = 128;

/** Ten steps from `from` to `to`: the policy names magnitudes by step. */
const step = (from: number, to: number, index: number): number => from + ((to - from) * index) / 9;
const sign = (rng: Random): number => (rng.uniform() < 0.5 ? -1 : 1);
const signed = (rng: Random, to: number, index: number): number => sign(rng) * step(0, to, index);

/** Each takes the step of its magnitude, 0 .. 9. */
const operations = {
  shearY: (s, i, rng) => shearY(s, signed(rng, 0.3, i), FILL),
  translateX: (s, i, rng) => translateX(s.front, signed(rng, 150 / 331, i) * s.front.width, FILL),
  translateY: (s, i, rng) => translateY(s.front, signed(rng, 150 / 331, i) * s.front.height, FILL),
  rotate: (s, i) => rotate(s, step(0, 30, i), FILL),
  color: (s, i, rng) => saturation(s.front, 1 + signed(rng, 0.9, i)),
  contrast: (s, i, rng) => contrast(s.front, 1 + signed(rng, 0.9, i)),
  brightness: (s, i, rng) => brightness(s.front, 1 + signed(rng, 0.9, i)),
  sharpness: (s, i, rng) => sharpness(s, 1 + signed(rng, 0.9, i)),
  posterize: (s, i) => posterize(s.front, Math.round(step(8, 4, i))),
  solarize: (s, i) => solarize(s.front, step(256, 0, i)),
  autocontrast: (s) => autocontrast(s.front),
  equalize: (s) => equalize(s.front),
  invert: (s) => invert(s.front),
} satisfies Record<string, (s: Stage, index: number, rng: Random) => void>;

type Operation = keyof typeof operations;
type SubPolicy = readonly [p: number, Operation, index: number, p2: number, Operation, index2: number];

/** The 25 sub-policies found for CIFAR-10 (AutoAugment, arXiv 1805.09501), as the official MaskCon code lists them. */
export const cifar10Policy: readonly SubPolicy[] = [
  [0.1, "invert", 7, 0.2, "contrast", 6],
  [0.7, "rotate", 2, 0.3, "translateX", 9],
  [0.8, "sharpness", 1, 0.9, "sharpness", 3],
  [0.5, "shearY", 8, 0.7, "translateY", 9],
  [0.5, "autocontrast", 8, 0.9, "equalize", 2],
  [0.2, "shearY", 7, 0.3, "posterize", 7],
  [0.4, "color", 3, 0.6, "brightness", 7],
  [0.3, "sharpness", 9, 0.7, "brightness", 9],
  [0.6, "equalize", 5, 0.5, "equalize", 1],
  [0.6, "contrast", 7, 0.6, "sharpness", 5],
  [0.7, "color", 7, 0.5, "translateX", 8],
  [0.3, "equalize", 7, 0.4, "autocontrast", 8],
  [0.4, "translateY", 3, 0.2, "sharpness", 6],
  [0.9, "brightness", 6, 0.2, "color", 8],
  [0.5, "solarize", 2, 0, "invert", 3],
  [0.2, "equalize", 0, 0.6, "autocontrast", 0],
  [0.2, "equalize", 8, 0.8, "equalize", 4],
  [0.9, "color", 9, 0.6, "equalize", 6],
  [0.8, "autocontrast", 4, 0.2, "solarize", 8],
  [0.1, "brightness", 3, 0.7, "color", 0],
  [0.4, "solarize", 5, 0.9, "autocontrast", 3],
  [0.9, "translateY", 9, 0.7, "translateY", 9],
  [0.9, "autocontrast", 2, 0.8, "solarize", 3],
  [0.8, "equalize", 8, 0.1, "invert", 3],
  [0.7, "translateY", 9, 0.9, "autocontrast", 1],
];

/** One sub-policy at random: its two operations, each with its own probability. */
export function autoAugment(stage: Stage, rng: Random): void {
  const [p, operation, index, p2, operation2, index2] = cifar10Policy[rng.integer(cifar10Policy.length)]!;
  if (rng.uniform() < p) operations[operation](stage, index, rng);
  if (rng.uniform() < p2) operations[operation2](stage, index2, rng);
}
