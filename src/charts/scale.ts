/** Where values stand along an axis, as a share of its length, and which of them are numbered. */
export interface Scale {
  at(value: number): number;
  readonly ticks: readonly number[];
}

interface ScaleOptions {
  /** About how many ticks there is room for. */
  readonly room: number;
  /** Ends that the values do not decide. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** Whether the other ends are ticks, or the values' own. */
  readonly roundEnds?: boolean;
}

/** Smaller numbers lose digits when they are divided. */
const TINY = 1e-290;

/** What axes can show: sums and differences of such numbers are finite. */
export const isDrawable = (value: number): boolean => Math.abs(value) <= 1e300;

/** What a logarithmic axis can show. */
export const isAboveZero = (value: number): boolean => value > TINY && isDrawable(value);

/** Shares of a step that are rounding. */
const SLACK = 1e-6;

/** Equal distances for equal differences, ticks at multiples of 1, 2 or 5 times a power of ten. */
export function linearScale(values: readonly number[], { room, min, max, roundEnds = false }: ScaleOptions): Scale {
  let [low, high] = apart(extent(values, min, max));
  const step = roundStep((high - low) / Math.max(1, room));
  if (roundEnds) {
    low = min ?? step * Math.floor(low / step + SLACK);
    high = max ?? step * Math.ceil(high / step - SLACK);
  }
  return { at: (value) => (value - low) / (high - low), ticks: multiples(step, low, high) };
}

/** Equal distances for equal ratios, ticks at 1, 2 and 5 times a power of ten. Values are above 0 (`isAboveZero`). */
export function logScale(values: readonly number[], { room, min, max }: ScaleOptions): Scale {
  let [low, high] = extent(values, min, max);
  if (!(low > 0 && high / low > 1 + 1e-9)) [low, high] = low > 0 ? [low / 2, high * 2] : [1, 10];
  const [first, last] = [Math.log(low), Math.log(high)];
  const at = (value: number) => (Math.log(value) - first) / (last - first);
  const powers = multiples(1, Math.floor(Math.log10(low)), Math.ceil(Math.log10(high)), 700).map(
    (power) => 10 ** power,
  );
  const within = (factors: readonly number[]) =>
    powers.flatMap((power) => factors.map((factor) => factor * power)).filter((tick) => tick >= low && tick <= high);
  const many = within([1, 2, 5]);
  if (many.length < 2) return { at, ticks: linearScale([low, high], { room }).ticks };
  const decades = within([1]);
  const every = Math.ceil(decades.length / Math.max(1, room));
  return { at, ticks: many.length <= room ? many : decades.filter((_, i) => i % every === 0) };
}

function extent(values: readonly number[], min: number | undefined, max: number | undefined): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low > high) [low, high] = [min ?? 0, max ?? 1];
  return [min ?? low, max ?? high];
}

/** Ends between which ticks differ. */
function apart([low, high]: readonly [number, number]): [number, number] {
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low > Math.max(TINY, size * 1e-9)) return [low, high];
  const half = size > TINY ? size / 10 : 0.5;
  return [low - half, low + half];
}

/** The least of 1, 2 and 5 times a power of ten that is no smaller. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10);
}

/** Multiples of a step from one end to the other, both included where they are multiples but for rounding. */
function multiples(step: number, low: number, high: number, most = 100): number[] {
  const first = Math.ceil(low / step - SLACK);
  const count = Math.min(most, Math.floor(high / step + SLACK) - first + 1);
  // A power of ten has no exact inverse: 3 * 0.1 is to be 0.3. `+ 0` is for -0.
  return Array.from({ length: Math.max(0, count) }, (_, i) => Number(((first + i) * step).toPrecision(12)) + 0);
}
