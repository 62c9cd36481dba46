/** Side of the grey picture of an image by which copies are recognised, squashed to the square. */
export const GREY_SIDE = 32;
/** Side of what is compared. */
const SIDE = 16;
const VALUES = SIDE * SIDE;

/** Shares of the side that a crop may have kept. */
const CROPS = [0.95, 0.9, 0.85] as const;
/** Places of a crop along each axis. */
const PLACES = 5;

interface Window {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

const windows: readonly Window[] = [
  { x: 0, y: 0, side: GREY_SIDE },
  ...CROPS.flatMap((share) => {
    const side = share * GREY_SIDE;
    const at = (place: number) => (place * (GREY_SIDE - side)) / (PLACES - 1);
    return Array.from({ length: PLACES * PLACES }, (_, i) => ({
      x: at(i % PLACES),
      y: at(Math.floor(i / PLACES)),
      side,
    }));
  }),
];

/**
 * How far two grey pictures [32, 32] show the same: the highest correlation of one with the other, which may be mirrored,
 * or cropped to 85 % of its sides anywhere. Correlation does not see brightness and contrast. In -1..1; 0 for a picture
 * of one colour.
 */
export function pictureAgreement(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const mirrored = mirror(a);
  const best = Math.max(bestWindow(a, b), bestWindow(b, a), bestWindow(mirrored, b), bestWindow(b, mirrored));
  return Math.min(1, best);
}

/** The highest correlation of a window of `whole` with all of `part`. */
function bestWindow(whole: ArrayLike<number>, part: ArrayLike<number>): number {
  const wanted = standardized(reduced(part, windows[0]!));
  let best = -1;
  for (const window of windows) {
    const shown = standardized(reduced(whole, window));
    let correlation = 0;
    for (let i = 0; i < VALUES; i++) correlation += shown[i]! * wanted[i]!;
    best = Math.max(best, correlation);
  }
  return best;
}

function mirror(picture: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: GREY_SIDE * GREY_SIDE }, (_, i) => {
    const x = i % GREY_SIDE;
    return picture[i - x + (GREY_SIDE - 1 - x)]!;
  });
}

/** A window as [16, 16] means of what it covers. */
function reduced(picture: ArrayLike<number>, { x, y, side }: Window): Float64Array {
  const columns = coverage(x, side);
  const across = new Float64Array(GREY_SIDE * SIDE);
  for (let row = 0; row < GREY_SIDE; row++) {
    columns.forEach((column, i) => {
      let sum = 0;
      for (const { at, weight } of column) sum += weight * picture[row * GREY_SIDE + at]!;
      across[row * SIDE + i] = sum;
    });
  }
  const out = new Float64Array(VALUES);
  coverage(y, side).forEach((rows, i) => {
    for (const { at, weight } of rows)
      for (let c = 0; c < SIDE; c++) out[i * SIDE + c]! += weight * across[at * SIDE + c]!;
  });
  return out;
}

interface Covered {
  readonly at: number;
  readonly weight: number;
}

const known = new Map<string, readonly (readonly Covered[])[]>();

/** Of each of 16 equal parts of a length, the pixels that it covers. */
function coverage(start: number, side: number): readonly (readonly Covered[])[] {
  const key = `${start} ${side}`;
  const before = known.get(key);
  if (before) return before;
  const step = side / SIDE;
  const parts = Array.from({ length: SIDE }, (_, i) => {
    const [from, to] = [start + i * step, start + (i + 1) * step];
    const pixels: Covered[] = [];
    for (let at = Math.floor(from); at < Math.min(GREY_SIDE, Math.ceil(to)); at++) {
      const weight = (Math.min(to, at + 1) - Math.max(from, at)) / step;
      if (weight > 0) pixels.push({ at, weight });
    }
    return pixels;
  });
  known.set(key, parts);
  return parts;
}

/** With mean 0 and length 1; zeros where all values are equal. */
function standardized(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const length = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0));
  return values.map((value) => (length > LEAST_CONTRAST ? (value - mean) / length : 0));
}

/** Below it there is nothing but rounding: a hundredth of a grey level. */
const LEAST_CONTRAST = 0.01 * SIDE;
