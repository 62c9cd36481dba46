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
const windows: readonly Window[] = [
  WHOLE,
  ...CROPS.flatMap((share) =>
    Array.from({ length: PLACES * PLACES }, (_, i) => ({
      left: ((i % PLACES) * (1 - share)) / (PLACES - 1),
      top: (Math.floor(i / PLACES) * (1 - share)) / (PLACES - 1),
      ...{ width: share, height: share },
    })),
  ),
];
/** So many of the best windows at 8 by 8 are compared at 16 by 16. */
const SOUGHT = 32;
/** A window is moved and stretched by these shares of the side, one after the other, down to this part of it. */
const STEPS = [0.02, 0.01, 0.005] as const;
const LEAST_WINDOW_SIDE = 0.8;
/**
 * What agrees less is not looked at further: the wholes, the best windows, and their details before they are moved into
 * place. Most pairs of photographs end at the second. The wholes say little of a crop at a corner: of a picture with stripes
 * it agreed by 0.23, and two copies in CIFAR by less than 0.5.
 */
const LEAST_WHOLE = 0.2;
const LEAST_WINDOW = 0.9;
const LEAST_DETAIL = 0.5;
/** And after the first step into place. */
const LEAST_DETAIL_MOVED = 0.65;

/** A grey picture as comparisons look at it. */
export interface PicturePrint {
  readonly sums: AreaSums;
  /** The whole at 8 by 8 as it is and mirrored, standardized. */
  readonly whole: readonly Float64Array[];
  /** The same at 16 by 16. */
  readonly finer: readonly Float64Array[];
  /** Every window at 8 by 8, standardized: made when they are first compared. */
  readonly windows: () => readonly Float64Array[];
}

/** @param picture grey [64, 64] */
export function printOf(picture: ArrayLike<number>): PicturePrint {
  const sums = areaSums(GREY_SIDE, GREY_SIDE, (x, y) => picture[y * GREY_SIDE + x]!);
  let made: Float64Array[] | undefined;
  return {
    sums,
    whole: wholeOf(sums, ROUGH_SIDE),
    finer: wholeOf(sums, SEEK_SIDE),
    windows: () => {
      made ??= windows.map((window) => standardized(meansIn(sums, window, ROUGH_SIDE)));
      return made;
    },
  };
}

/**
 * How far two grey pictures show the same: the correlation of their details (what differs from the mean of 3 by 3 around it,
 * at 28 by 28), the one perhaps mirrored, or cropped to 80 % of its sides anywhere. Pictures of alike things differ in their
 * details, while brightness and contrast change no correlation. Up to 1; 0 where they differ at first sight, or one has one
 * colour.
 */
export function pictureAgreement(a: PicturePrint, b: PicturePrint): number {
  if (Math.max(...a.whole.map((values) => correlation(values, b.whole[0]!))) < LEAST_WHOLE) return 0;
  const rough = bestPlaces(a, b);
  if (rough.length === 0) return 0;
  const found = bestOf(rough);
  const { whole, part, isMirrored } = found;
  const wanted = detailsOf(part.sums, WHOLE, DETAIL_SIDE, isMirrored).slice();
  const agreementAt = (window: Window) => correlation(detailsOf(whole.sums, window, DETAIL_SIDE), wanted);
  const atFirst = agreementAt(found.window);
  return Math.min(1, atFirst < LEAST_DETAIL ? atFirst : agreementAt(movedIntoPlace(found)));
}

/** A window of one picture that may be all of the other. */
interface Placed {
  readonly whole: PicturePrint;
  readonly part: PicturePrint;
  readonly isMirrored: boolean;
  readonly window: Window;
}

/**
 * The best `SOUGHT` of all windows of either picture that may be all of the other, by how they agree at 8 by 8; none where
 * no window agrees enough.
 */
function bestPlaces(a: PicturePrint, b: PicturePrint): Placed[] {
  const agreements = new Float64Array(4 * windows.length);
  let [at, most] = [0, 0];
  for (const [whole, part] of [[a, b] as const, [b, a] as const]) {
    // A window of the mirrored picture and the other one agree as a window of the picture and the mirrored other one.
    for (const shown of whole.windows()) {
      for (const values of part.whole) {
        const own = correlation(shown, values);
        agreements[at++] = own;
        most = Math.max(most, own);
      }
    }
  }
  if (most < LEAST_WINDOW) return [];
  // Nothing is made for the others: there are some three hundred for each pair of images.
  const order = Uint16Array.from(agreements, (_, place) => place).sort(
    (one, other) => agreements[other]! - agreements[one]! || one - other,
  );
  return Array.from(order.subarray(0, SOUGHT), (place) => {
    const [whole, part] = place < 2 * windows.length ? [a, b] : [b, a];
    const window = windows[(place >> 1) % windows.length]!;
    return { whole, part, isMirrored: place % 2 === 1, window };
  });
}

/** The place that agrees best at 16 by 16. */
function bestOf(places: readonly Placed[]): Placed {
  let [best, most] = [places[0]!, Number.NEGATIVE_INFINITY];
  for (const place of places) {
    const wanted = place.part.finer[Number(place.isMirrored)]!;
    const shown = standardized(meansIn(place.whole.sums, place.window, SEEK_SIDE, room.seek));
    const agreement = correlation(shown, wanted);
    if (agreement > most) [best, most] = [place, agreement];
  }
  return best;
}

/** All of a picture as it is and mirrored, standardized. */
const wholeOf = (sums: AreaSums, side: number): Float64Array[] =>
  [false, true].map((isMirrored) => standardized(mirroredIf(isMirrored, meansIn(sums, WHOLE, side), side)));

/** Moves and stretches the window as long as details agree better. */
function movedIntoPlace({ whole, part, isMirrored, window }: Placed): Window {
  const wanted = detailsOf(part.sums, WHOLE, MOVE_SIDE, isMirrored).slice();
  const agreementAt = (own: Window) => correlation(detailsOf(whole.sums, own, MOVE_SIDE), wanted);
  let [best, agreement] = [window, agreementAt(window)];
  for (const step of STEPS) {
    for (let isBetter = true; isBetter; ) {
      isBetter = false;
      for (const next of movesOf(best, step)) {
        const own = agreementAt(next);
        if (own > agreement) [best, agreement, isBetter] = [next, own, true];
      }
    }
    if (agreement < LEAST_DETAIL_MOVED) break;
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
      Math.min(own.width, own.height) >= LEAST_WINDOW_SIDE,
  );
}

/** Room for the values of one window at a time: a comparison takes hundreds. */
const roomOf = (side: number) => ({
  means: new Float64Array(side * side),
  threes: new Float64Array(side * side),
  details: new Float64Array(side * side),
});
const room = {
  seek: new Float64Array(SEEK_SIDE * SEEK_SIDE),
  [MOVE_SIDE]: roomOf(MOVE_SIDE),
  [DETAIL_SIDE]: roomOf(DETAIL_SIDE),
} as const;

/**
 * [side, side] with mean 0 and length 1: how a window differs from the mean of 3 by 3 around each value. It stands in a room
 * that the next call of this side writes into.
 */
function detailsOf(
  picture: AreaSums,
  window: Window,
  side: typeof MOVE_SIDE | typeof DETAIL_SIDE,
  isMirrored = false,
): Float64Array {
  const { means, threes, details } = room[side];
  mirroredIf(isMirrored, meansIn(picture, window, side, means), side);
  for (let y = 0; y < side; y++) sumOfThree(means, threes, y * side, 1, side);
  for (let x = 0; x < side; x++) sumOfThree(threes, details, x, side, side);
  for (let y = 0, at = 0; y < side; y++) {
    const rows = y === 0 || y === side - 1 ? 2 : 3;
    for (let x = 0; x < side; x++, at++) {
      details[at] = means[at]! - details[at]! / (rows * (x === 0 || x === side - 1 ? 2 : 3));
    }
  }
  return standardized(details);
}

/** The sum of each of so many values, `step` apart, with those beside it. */
function sumOfThree(values: Float64Array, sums: Float64Array, first: number, step: number, count: number): void {
  let before = 0;
  for (let i = 0, at = first; i < count; i++, at += step) {
    const after = i + 1 < count ? values[at + step]! : 0;
    sums[at] = before + values[at]! + after;
    before = values[at]!;
  }
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
