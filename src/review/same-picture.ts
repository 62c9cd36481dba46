/** Side of the grey picture of an image by which copies are recognised, squashed to the square. */
export const GREY_SIDE = 32;
/** Side of what is compared. */
const SIDE = 16;
const VALUES = SIDE * SIDE;

/** Shares of the side that a crop may have kept. */
const CROPS = [0.95, 0.9, 0.85] as const;
/** Places of a crop along each axis. */
const PLACES = 5;

/** Windows of a picture that cover the same columns. */
interface Strip {
  readonly columns: Coverage;
  readonly rows: readonly Coverage[];
}

const strips: readonly Strip[] = [1, ...CROPS].flatMap((share) => {
  const side = share * GREY_SIDE;
  const places = share === 1 ? 1 : PLACES;
  const spans = Array.from({ length: places }, (_, place) =>
    coverage((place * (GREY_SIDE - side)) / Math.max(1, places - 1), side),
  );
  return spans.map((columns) => ({ columns, rows: spans }));
});

/**
 * How far two grey pictures [32, 32] show the same: the highest correlation of one with the other, which may be mirrored,
 * or cropped to 85 % of its sides anywhere. Correlation does not see brightness and contrast. In -1..1; 0 for a picture
 * of one colour.
 */
export function pictureAgreement(a: ArrayLike<number>, b: ArrayLike<number>): number {
  // A window of the mirrored picture and the other one agree as a window of the picture and the mirrored other one.
  return Math.min(1, Math.max(bestWindow(a, [b, mirror(b)]), bestWindow(b, [a, mirror(a)])));
}

/** The highest correlation of a window of `whole` with all of one of `parts`. */
function bestWindow(whole: ArrayLike<number>, parts: readonly ArrayLike<number>[]): number {
  const { columns, rows } = strips[0]!;
  const wanted = parts.map((part) => standardized(downOf(acrossOf(part, columns), rows[0]!)));
  let best = -1;
  for (const strip of strips) {
    const across = acrossOf(whole, strip.columns);
    for (const span of strip.rows) {
      const shown = standardized(downOf(across, span));
      for (const values of wanted) {
        let correlation = 0;
        for (let i = 0; i < VALUES; i++) correlation += shown[i]! * values[i]!;
        best = Math.max(best, correlation);
      }
    }
  }
  return best;
}

function mirror(picture: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: GREY_SIDE * GREY_SIDE }, (_, i) => {
    const x = i % GREY_SIDE;
    return picture[i - x + (GREY_SIDE - 1 - x)]!;
  });
}

/** [32, 16]: each row's means of the pixels that each of 16 columns covers. */
function acrossOf(picture: ArrayLike<number>, { ends, at, weights }: Coverage): Float64Array {
  const across = new Float64Array(GREY_SIDE * SIDE);
  for (let row = 0; row < GREY_SIDE; row++) {
    for (let i = 0, next = 0; i < SIDE; i++) {
      let sum = 0;
      for (; next < ends[i]!; next++) sum += weights[next]! * picture[row * GREY_SIDE + at[next]!]!;
      across[row * SIDE + i] = sum;
    }
  }
  return across;
}

/** [16, 16]: the same of rows. */
function downOf(across: Float64Array, { ends, at, weights }: Coverage): Float64Array {
  const out = new Float64Array(VALUES);
  for (let i = 0, next = 0; i < SIDE; i++) {
    for (; next < ends[i]!; next++) {
      const [weight, from] = [weights[next]!, at[next]! * SIDE];
      for (let c = 0; c < SIDE; c++) out[i * SIDE + c]! += weight * across[from + c]!;
    }
  }
  return out;
}

/** Of each of 16 equal parts of a length, the pixels that it covers. */
interface Coverage {
  /** Part i has the entries up to `ends[i]`. */
  readonly ends: readonly number[];
  readonly at: readonly number[];
  readonly weights: readonly number[];
}

function coverage(start: number, side: number): Coverage {
  const step = side / SIDE;
  const [ends, pixels, weights]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < SIDE; i++) {
    const [from, to] = [start + i * step, start + (i + 1) * step];
    for (let at = Math.floor(from); at < Math.min(GREY_SIDE, Math.ceil(to)); at++) {
      const weight = (Math.min(to, at + 1) - Math.max(from, at)) / step;
      if (weight <= 0) continue;
      pixels.push(at);
      weights.push(weight);
    }
    ends.push(pixels.length);
  }
  return { ends, at: pixels, weights };
}

/** Below it there is nothing but rounding: a hundredth of a grey level. */
const LEAST_CONTRAST = 0.01 * SIDE;

/** The values, with mean 0 and length 1; zeros where all are equal. */
function standardized(values: Float64Array): Float64Array {
  let mean = 0;
  for (let i = 0; i < VALUES; i++) mean += values[i]! / VALUES;
  let squares = 0;
  for (let i = 0; i < VALUES; i++) squares += (values[i]! - mean) ** 2;
  const length = Math.sqrt(squares);
  for (let i = 0; i < VALUES; i++) values[i] = length > LEAST_CONTRAST ? (values[i]! - mean) / length : 0;
  return values;
}
