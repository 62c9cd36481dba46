import { fail, random } from "../core/index.ts";
import type { SoftLabel } from "../methods/index.ts";
import { finite, methodWithTargets } from "./compare-methods.ts";
import { measureTargets } from "./measure.ts";
import type { Relations } from "./relations.ts";

/** The settings that are tried. With T infinite they are SupCon (w 1) and Grafit; w 0 is SelfCon at any T. */
const triedWeights: readonly number[] = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];
const triedTemperatures: readonly number[] = [
  0.01,
  0.02,
  0.03,
  0.05,
  0.07,
  0.1,
  0.15,
  0.2,
  0.3,
  0.5,
  1,
  Number.POSITIVE_INFINITY,
];

/** w, T and their mean TV(t, t*). */
export interface SettingMeasure {
  readonly softWeight: number;
  /** null: infinite. */
  readonly softTemperature: number | null;
  readonly totalVariation: number;
}

/** The w and T whose targets come nearest to the fine relations, and how sure that is. */
export interface Proposal extends SettingMeasure {
  /** Queries with known fine relations, which were compared. */
  readonly queries: number;
  /** Flags of `maskcon train` that mean this setting. */
  readonly flags: string;
  /** Of the resamples of the queries (with replacement). */
  readonly bootstrap: {
    readonly resamples: number;
    /** Share in which this very setting was nearest. */
    readonly same: number;
    /** 5% and 95% quantiles of the nearest setting's w and T; null: infinite. */
    readonly softWeight: readonly [number, number];
    readonly softTemperature: readonly [number | null, number | null];
    /** Share in which this setting was nearer than SupCon, and than SelfCon. */
    readonly aboveSupcon: number;
    readonly aboveSelfcon: number;
  };
  /** Every setting that was tried. */
  readonly tried: readonly SettingMeasure[];
}

/** The bootstrap that says how sure a proposal is. */
export interface ProposeOptions {
  /** Resamples of the queries; 200 by default. */
  readonly resamples?: number;
  /** Chooses the resamples; 0 by default. */
  readonly seed?: number;
}

/**
 * The nearest of a grid of w and T, with a bootstrap over the queries; the queue is the same in every resample.
 * @param relations of labelled images
 * @param options of the bootstrap
 * @throws MaskconError "data" where no two labelled images of a coarse class are of one fine class.
 */
export function propose(relations: Relations, { resamples = 200, seed = 0 }: ProposeOptions = {}): Proposal {
  const grid = triedSettings();
  const { queries, measures } = measureTargets(relations, grid);
  if (queries === 0) {
    fail("data", {
      where: "fine labels",
      expected: "two labelled images of one fine class within a coarse class",
      found: "none",
      fix: "label more images, several of each fine class",
    });
  }
  const rows = measures.map((measure) => measure.rows);
  const best = argmin(measures.map((measure) => measure.totalVariation));
  const tried = grid.map((setting, i) => described(setting, measures[i]!.totalVariation));
  const place = (w: number, t: number) => grid.findIndex((s) => s.softWeight === w && s.softTemperature === t);
  const rivals = [place(1, Number.POSITIVE_INFINITY), place(0, Number.POSITIVE_INFINITY)] as const;
  const means = resampledMeans(rows, resamples, seed);
  const winners = means.map(argmin);
  const beats = (rival: number) => share(means, (mean) => mean[best]! < mean[rival]!);
  return {
    ...tried[best]!,
    queries,
    flags: trainFlags(grid[best]!),
    bootstrap: {
      resamples,
      same: share(winners, (winner) => winner === best),
      softWeight: middle(winners.map((winner) => grid[winner]!.softWeight)),
      softTemperature: withoutInfinity(middle(winners.map((winner) => grid[winner]!.softTemperature))),
      aboveSupcon: beats(rivals[0]),
      aboveSelfcon: beats(rivals[1]),
    },
    tried,
  };
}

export function triedSettings(): SoftLabel[] {
  const grid = triedTemperatures.flatMap((softTemperature) =>
    triedWeights.map((softWeight) => ({ softWeight, softTemperature })),
  );
  return [...grid, { softWeight: 0, softTemperature: Number.POSITIVE_INFINITY }];
}

/** A soft label as flags of `maskcon train`. */
export function trainFlags(label: SoftLabel): string {
  const { name, softWeight: w, softTemperature: t } = methodWithTargets(label);
  const settings = [w === undefined ? "" : ` --soft-weight ${w}`, t === undefined ? "" : ` --soft-temperature ${t}`];
  return `--method ${name}${settings.join("")}`;
}

function described({ softWeight, softTemperature }: SoftLabel, totalVariation: number): SettingMeasure {
  return { softWeight, softTemperature: finite(softTemperature), totalVariation };
}

/** Means over queries drawn with replacement, one list of settings a resample. */
function resampledMeans(rows: readonly Float64Array[], resamples: number, seed: number): Float64Array[] {
  const n = rows[0]!.length;
  return Array.from({ length: resamples }, (_, resample) => {
    const rng = random(seed, resample);
    const times = new Uint32Array(n);
    for (let i = 0; i < n; i++) times[rng.integer(n)]!++;
    return Float64Array.from(rows, (row) => row.reduce((sum, value, i) => sum + value * times[i]!, 0) / n);
  });
}

function argmin(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! < values[best]!) best = i;
  return best;
}

const share = <T>(list: readonly T[], holds: (item: T) => boolean): number =>
  list.length === 0 ? 0 : list.filter(holds).length / list.length;

function middle(values: number[]): [number, number] {
  const sorted = values.sort((a, b) => (a < b ? -1 : Number(a > b)));
  const at = (q: number) => sorted[Math.round(q * (sorted.length - 1))] ?? Number.NaN;
  return [at(0.05), at(0.95)];
}

const withoutInfinity = ([low, high]: readonly [number, number]): [number | null, number | null] => [
  finite(low),
  finite(high),
];
