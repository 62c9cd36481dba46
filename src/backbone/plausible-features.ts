import { refuseTask } from "./detector.ts";
import { type FeatureOutput, isScores } from "./feature-output.ts";
import { placesOf } from "./pooling.ts";

/** An output as a run of the model gave it. */
export interface ComputedOutput {
  readonly file: string;
  readonly output: FeatureOutput;
  readonly shape: readonly number[];
  /** Side of the images in pixels. */
  readonly imageSize: number;
}

/** Smaller images are a toy's, whose few tokens may have any form. */
const LEAST_SIDE = 64;
/** Numbers of a token: a box with its class and score has six. */
const LEAST_WIDTH = 8;
const MOST_WIDTH = 8192;
/** Class tokens, registers, prompts. */
const MOST_EXTRA = 16;
/** Pixels along a side that one token stands for. */
const MOST_PATCH = 56;
/** Patches of known encoders that need not divide the side. */
const usualPatches = [4, 7, 8, 12, 14, 15, 16, 32];
/** Of these some overlap, which makes one place less. */
const MOST_OVERLAPPING = 16;
/** The first and last stride of the grids on which detectors without anchors predict. */
const predictionStrides = [
  [8, 32],
  [8, 64],
  [4, 32],
] as const;

const DETECTOR = "a detector";
const SEGMENTATION = "a segmentation model";
type Sign = readonly [what: typeof DETECTOR | typeof SEGMENTATION, found: string];

/**
 * Refuses an output that describes no image as a whole: boxes, or something for each pixel. It can be pooled like features,
 * and nothing else would show that it is none.
 * @throws MaskconError "weights" where it is one
 */
export function checkFeatures({ file, output, shape, imageSize }: ComputedOutput): void {
  const [what, found] = signOf(output, shape, imageSize) ?? [];
  if (what === undefined) return;
  refuseTask(file, { what, found: `${output.name.slice(0, 100)} [${shape.join(", ")}] has ${found}` });
}

function signOf({ name, kind }: FeatureOutput, shape: readonly number[], side: number): Sign | undefined {
  if (kind === "vector") return undefined;
  const [height, width] = kind === "map" ? placesOf(shape).map((axis) => shape[axis]!) : [1, shape[1]!];
  const places = height! * width!;
  if (isScores(name) && places > 1) return [SEGMENTATION, `class scores for each of ${places} places`];
  if (side < LEAST_SIDE) return undefined;
  if (kind === "tokens") return tokensSign(shape[1]!, shape[2]!, side);
  return 2 * Math.min(height!, width!) >= side ? [SEGMENTATION, "numbers for each pixel"] : undefined;
}

function tokensSign(tokens: number, width: number, side: number): Sign | undefined {
  if (tokens === side && width === side) return [SEGMENTATION, "a number for each pixel"];
  if (width < LEAST_WIDTH) return [DETECTOR, `${tokens} rows of ${width} numbers`];
  if (width > MOST_WIDTH || predictionStrides.some(([first, last]) => predictions(side, first, last) === width)) {
    return [DETECTOR, `${tokens} numbers at each of ${width} places`];
  }
  if (isGridOfPatches(tokens, side)) return undefined;
  return [DETECTOR, `${tokens} rows, which are no patches of an image of ${side} px`];
}

/** Places of the grids of these strides together. */
function predictions(side: number, first: number, last: number): number {
  let count = 0;
  for (let stride = first; stride <= last; stride *= 2) count += (side / stride) ** 2;
  return count;
}

/** Whether tokens are a square grid of patches and a few before them. */
function isGridOfPatches(tokens: number, side: number): boolean {
  const isExtra = (count: number) => count >= 0 && count <= MOST_EXTRA;
  const sides = Array.from({ length: MOST_PATCH }, (_, i) => gridSides(side, i + 1)).flat();
  return isExtra(tokens) || sides.some((rows) => isExtra(tokens - rows ** 2));
}

/** Patches along a side: all of them whole, or those of a usual size, of which the last is cut off, padded, or overlaps. */
function gridSides(side: number, patch: number): number[] {
  if (!usualPatches.includes(patch)) return side % patch === 0 ? [side / patch] : [];
  const whole = Math.floor(side / patch);
  return [whole, Math.ceil(side / patch), ...(patch <= MOST_OVERLAPPING ? [whole - 1] : [])];
}
