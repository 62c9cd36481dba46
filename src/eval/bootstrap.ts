import { breathing } from "../core/breath.ts";
import { fail, random } from "../core/index.ts";
import { checkWholeNumber, countRows } from "./arguments.ts";
import type { Counter } from "./effort.ts";

/** Lower and upper end. */
export type Interval = readonly [low: number, high: number];

/** How bootstrap intervals are made. */
export interface BootstrapOptions {
  /** 1000 by default. */
  readonly resamples?: number;
  /** 0.95 by default. */
  readonly coverage?: number;
  /** Chooses the resamples; 0 by default. */
  readonly seed?: number;
}

/** With more resamples the ends of an interval no longer change. */
const MOST_RESAMPLES = 1_000_000;

/** @throws MaskconError "config" where an option is out of its range */
export function checkBootstrap({ resamples = 1000, coverage = 0.95, seed = 0 }: BootstrapOptions): void {
  checkWholeNumber("resamples", resamples, 1, MOST_RESAMPLES);
  checkWholeNumber("seed", seed, Number.MIN_SAFE_INTEGER);
  if (typeof coverage === "number" && coverage > 0 && coverage <= 1) return;
  fail("config", { where: "coverage", expected: "a share above 0 and of at most 1", found: String(coverage) });
}

/**
 * Percentile bootstrap intervals of the means of `width` columns of `values` [n, width], rows drawn with replacement; all
 * columns share the draws. The ends are percentiles of the resampled means, interpolated linearly. Undefined without rows.
 * @throws MaskconError "shape" where the values are no such rows, "data" where one is not finite, "config" where an option is
 * out of its range
 */
export async function bootstrapMeans(
  values: Float32Array,
  width: number,
  options: BootstrapOptions = {},
  counter?: Counter,
): Promise<Interval[] | undefined> {
  const { resamples = 1000, coverage, seed = 0 } = options;
  const n = countRows(values, width, { where: "values", width: "width" });
  checkBootstrap(options);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    fail("data", {
      where: "values",
      expected: "finite numbers",
      found: `${values[wrong]} in row ${Math.floor(wrong / width)}`,
    });
  }
  if (n === 0) return undefined;
  const means = Array.from({ length: width }, () => new Float64Array(resamples));
  const sums = new Float64Array(width);
  const breath = breathing();
  for (let resample = 0; resample < resamples; resample++) {
    drawSums(values, width, random(seed, resample), sums);
    for (let column = 0; column < width; column++) means[column]![resample] = sums[column]! / n;
    counter?.add(1);
    await breath();
  }
  return means.map((column) => intervalOf(column, coverage));
}

/** The percentiles of some draws that leave out as many on either side; sorts them. */
export function intervalOf(draws: Float64Array, coverage = 0.95): Interval {
  draws.sort();
  const outside = (1 - coverage) / 2;
  return [percentile(draws, outside), percentile(draws, 1 - outside)];
}

function drawSums(values: Float32Array, width: number, rng: { integer(n: number): number }, sums: Float64Array): void {
  const n = values.length / width;
  sums.fill(0);
  for (let draw = 0; draw < n; draw++) {
    const at = rng.integer(n) * width;
    for (let column = 0; column < width; column++) sums[column]! += values[at + column]!;
  }
}

/** Linear between the two nearest ranks of ascending values. */
function percentile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const [low, high] = [sorted[below]!, sorted[Math.ceil(place)]!];
  return low + (place - below) * (high - low);
}
