import type { RunNews } from "../../protocol.ts";

/** Points of a curve; steps rise. */
export interface CurvePoints {
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** A run as far as its news came in. */
export interface FollowedRun extends Omit<RunNews, "curves" | "settings"> {
  readonly settings: Readonly<Record<string, string>>;
  readonly curves: ReadonlyMap<string, CurvePoints>;
}

/** Adds what is new in a run to what was known of it. */
export function withNews(before: FollowedRun | undefined, { curves, settings, ...news }: RunNews): FollowedRun {
  const known = before?.life === news.life ? before : undefined;
  const merged = new Map(known?.curves);
  for (const { curve, from, steps, values } of curves) {
    const old = merged.get(curve) ?? { steps: [], values: [] };
    const kept = placeOf(old.steps, from);
    merged.set(curve, {
      steps: [...old.steps.slice(0, kept), ...steps],
      values: [...old.values.slice(0, kept), ...values],
    });
  }
  return { ...news, settings: settings ?? known?.settings ?? {}, curves: merged };
}

/** The place of the first number that is not below `x`. */
function placeOf(rising: readonly number[], x: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last value at `x` or before it. */
export function valueAt(xs: readonly number[], values: readonly number[], x: number): number | undefined {
  const place = placeOf(xs, x);
  return values[xs[place] === x ? place : place - 1];
}

/** A setting that some of the runs have otherwise; undefined where a run does not have it. */
export interface DifferingSetting {
  readonly name: string;
  readonly values: readonly (string | undefined)[];
}

export function differingSettings(runs: readonly Pick<FollowedRun, "settings">[]): DifferingSetting[] {
  const names = new Set(runs.flatMap(({ settings }) => Object.keys(settings)));
  return [...names]
    .map((name) => ({ name, values: runs.map(({ settings }) => settings[name]) }))
    .filter(({ values }) => new Set(values).size > 1);
}
