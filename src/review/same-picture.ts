import { type AreaSums, areaSums, meansIn, type Window } from "./area-means.ts";

/** Side of the grey picture of an image by which copies are recognised, squashed to the square. */
export const GREY_SIDE = 64;
/** Sides at which pictures are compared at first, a window is sought, moved into place, and judged. */
const ROUGH_SIDE = 8;
const SEEK_SIDE = 16;
const MOVE_SIDE = 20;
const DETAIL_SIDE = 28;

const WHOLE: Window = { left: 0, top: 0, width: 1, height: 1 };
/** Shares of the side that a crop may have kept, and its places along each axis. */
const CROPS = [0.95, 0.9, 0.85] as const;
const PLACES = 5;
const crops: readonly Window[] = CROPS.flatMap((share) =>
  Array.from({ length: PLACES * PLACES }, (_, i) => ({
    left: ((i % PLACES) * (1 - share)) / (PLACES - 1),
    top: (Math.floor(i / PLACES) * (1 - share)) / (PLACES - 1),
    ...{ width: share, height: share },
  })),
);
/** A window is moved and stretched by these shares of the side, one after the other, down to this part of it. */
const STEPS = [0.02, 0.01, 0.005] as const;
const LEAST_SIDE = 0.8;
/**
 * What agrees less is not looked at further: the wholes, the best windows, and their details before they are moved into
 * place. Most pairs of photographs end at the second.
 */
const LEAST_WHOLE = 0.5;
const LEAST_WINDOW = 0.9;
const LEAST_DETAIL = 0.5;

/**
 * How far two grey pictures [64, 64] show the same: the correlation of their details (what differs from the mean of 3 by 3
 * around it, at 28 by 28), the one perhaps mirrored, or cropped to 80 % of its sides anywhere. Pictures of alike things
 * differ in their details, while brightness and contrast change no correlation. Up to 1; 0 where they differ at first sight,
 * or one has one colour.
 */
export function pictureAgreement(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [first, second] = [a, b].map((picture) =>
    areaSums(GREY_SIDE, GREY_SIDE, (x, y) => picture[y * GREY_SIDE + x]!),
  ) as [AreaSums, AreaSums];
  if (bestOf(first, second, [WHOLE], ROUGH_SIDE).agreement < LEAST_WHOLE) return 0;
  const windows = [WHOLE, ...crops];
  if (bestOf(first, second, windows, ROUGH_SIDE).agreement < LEAST_WINDOW) return 0;
  const found = bestOf(first, second, windows, SEEK_SIDE);
  const { whole, part, isMirrored } = found;
  const wanted = detailsOf(part, WHOLE, DETAIL_SIDE, isMirrored);
  const agreementAt = (window: Window) => correlation(detailsOf(whole, window, DETAIL_SIDE), wanted);
  const atFirst = agreementAt(found.window);
  return Math.min(1, atFirst < LEAST_DETAIL ? atFirst : agreementAt(movedIntoPlace(found)));
}

/** The part of a picture that agrees best with all of another one. */
interface Placed {
  readonly whole: AreaSums;
  readonly part: AreaSums;
  readonly isMirrored: boolean;
  readonly window: Window;
  readonly agreement: number;
}

/** The best window of either picture. */
function bestOf(a: AreaSums, b: AreaSums, windows: readonly Window[], side: number): Placed {
  const [one, other] = [soughtIn(a, b, windows, side), soughtIn(b, a, windows, side)];
  return one.agreement >= other.agreement ? one : other;
}

function soughtIn(whole: AreaSums, part: AreaSums, windows: readonly Window[], side: number): Placed {
  // A window of the mirrored picture and the other one agree as a window of the picture and the mirrored other one.
  const wanted = [false, true].map((isMirrored) => ({
    isMirrored,
    values: standardized(mirroredIf(isMirrored, meansIn(part, WHOLE, side), side)),
  }));
  let best: Placed = { whole, part, isMirrored: false, window: WHOLE, agreement: -1 };
  for (const window of windows) {
    const shown = standardized(meansIn(whole, window, side));
    for (const { isMirrored, values } of wanted) {
      const agreement = correlation(shown, values);
      if (agreement > best.agreement) best = { whole, part, isMirrored, window, agreement };
    }
  }
  return best;
}

/** Moves and stretches the window as long as details agree better. */
function movedIntoPlace({ whole, part, isMirrored, window }: Placed): Window {
  const wanted = detailsOf(part, WHOLE, MOVE_SIDE, isMirrored);
  const agreementAt = (own: Window) => correlation(detailsOf(whole, own, MOVE_SIDE), wanted);
  let [best, agreement] = [window, agreementAt(window)];
  for (const step of STEPS) {
    for (let isBetter = true; isBetter; ) {
      isBetter = false;
      for (const next of movesOf(best, step)) {
        const own = agreementAt(next);
        if (own > agreement) [best, agreement, isBetter] = [next, own, true];
      }
    }
  }
  return best;
}

/** The windows one step away that lie inside: one side moved, or two opposite ones. */
function movesOf({ left, top, width, height }: Window, step: number): Window[] {
  const moves = [step, -step].flatMap((by) => [
    { left: left + by, top, width, height },
    { left, top: top + by, width, height },
    { left, top, width: width + by, height },
    { left, top, width, height: height + by },
    { left: left + by, top, width: width - by, height },
    { left, top: top + by, width, height: height - by },
  ]);
  return moves.filter(
    (own) =>
      own.left >= 0 &&
      own.top >= 0 &&
      own.left + own.width <= 1 &&
      own.top + own.height <= 1 &&
      Math.min(own.width, own.height) >= LEAST_SIDE,
  );
}

/** [side, side] with mean 0 and length 1: how a window differs from the mean of 3 by 3 around each value. */
function detailsOf(picture: AreaSums, window: Window, side: number, isMirrored = false): Float64Array {
  const means = mirroredIf(isMirrored, meansIn(picture, window, side), side);
  const details = new Float64Array(side * side);
  for (let y = 0; y < side; y++) {
    const [top, bottom] = [Math.max(0, y - 1), Math.min(side - 1, y + 1)];
    for (let x = 0; x < side; x++) {
      const [left, right] = [Math.max(0, x - 1), Math.min(side - 1, x + 1)];
      let sum = 0;
      for (let row = top; row <= bottom; row++) for (let i = left; i <= right; i++) sum += means[row * side + i]!;
      details[y * side + x] = means[y * side + x]! - sum / ((bottom - top + 1) * (right - left + 1));
    }
  }
  return standardized(details);
}

function mirroredIf(isMirrored: boolean, values: Float64Array, side: number): Float64Array {
  if (isMirrored) for (let row = 0; row < side; row++) values.subarray(row * side, (row + 1) * side).reverse();
  return values;
}

/** Below it there is nothing but rounding: a hundredth of a grey level. */
const LEAST_CONTRAST = 0.01;

/** The values, with mean 0 and length 1; zeros where all are equal. */
function standardized(values: Float64Array): Float64Array {
  const { length } = values;
  let mean = 0;
  for (let i = 0; i < length; i++) mean += values[i]! / length;
  let squares = 0;
  for (let i = 0; i < length; i++) squares += (values[i]! - mean) ** 2;
  const size = Math.sqrt(squares);
  const isPlain = squares <= length * LEAST_CONTRAST ** 2;
  for (let i = 0; i < length; i++) values[i] = isPlain ? 0 : (values[i]! - mean) / size;
  return values;
}

function correlation(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
