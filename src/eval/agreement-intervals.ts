import { breathing } from "../core/breath.ts";
import { random } from "../core/index.ts";
import { type BootstrapOptions, type Interval, intervalOf } from "./bootstrap.ts";
import { type Agreement, contingencyTable, countsOf, tableAgreement } from "./clustering-agreement.ts";
import type { Counter } from "./effort.ts";

const kinds = ["nmi", "ari"] as const;

/** A clustering of some images beside their labels, [n] each. */
export interface Partitions {
  readonly labels: Int32Array;
  readonly clusters: Int32Array;
}

/** What a clustering scores, and what it scores on resamples of its images. */
export interface Judged extends Agreement {
  readonly images: number;
  /** [resamples] each. */
  readonly draws: Readonly<Record<keyof Agreement, Float64Array>>;
}

/** Judges a clustering on its images and on bootstrap resamples of them; the clustering itself is not made anew. */
export async function judge(
  { labels, clusters }: Partitions,
  { resamples = 1000, seed = 0 }: BootstrapOptions,
  counter: Counter,
): Promise<Judged> {
  const table = contingencyTable(labels, clusters);
  const { cellOf } = table;
  const draws = { nmi: new Float64Array(resamples), ari: new Float64Array(resamples) };
  const drawn = new Int32Array(cellOf.length);
  const breath = breathing();
  for (let resample = 0; resample < resamples; resample++) {
    const rng = random(seed, resample);
    for (let i = 0; i < drawn.length; i++) drawn[i] = cellOf[rng.integer(cellOf.length)]!;
    const found = tableAgreement(table, countsOf(table, drawn));
    for (const kind of kinds) draws[kind][resample] = found[kind];
    counter.add(1);
    await breath();
  }
  return { images: labels.length, draws, ...tableAgreement(table, countsOf(table, cellOf)) };
}

/** Means over several clusterings, weighted by images; undefined of none. */
export function meanJudged(parts: readonly Judged[]): Judged | undefined {
  const images = parts.reduce((sum, part) => sum + part.images, 0);
  if (images === 0) return undefined;
  const mean = (of: (part: Judged) => number) => parts.reduce((sum, part) => sum + of(part) * part.images, 0) / images;
  const draws = (kind: keyof Agreement) => parts[0]!.draws[kind].map((_, i) => mean((part) => part.draws[kind][i]!));
  return {
    images,
    nmi: mean(({ nmi }) => nmi),
    ari: mean(({ ari }) => ari),
    draws: { nmi: draws("nmi"), ari: draws("ari") },
  };
}

/**
 * The scores' percentile intervals, moved so that the draws' mean is the score: a resample leaves more cells empty, which
 * alone raises NMI. Ends stay within what the measures can be.
 */
export function judgedIntervals(judged: Judged, { coverage }: BootstrapOptions): Record<keyof Agreement, Interval> {
  const moved = (kind: keyof Agreement): Interval => {
    const { [kind]: draws } = judged.draws;
    const shift = judged[kind] - draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const [low, high] = intervalOf(draws.slice(), coverage);
    return [Math.max(kind === "nmi" ? 0 : -1, low + shift), Math.min(1, high + shift)];
  };
  return { nmi: moved("nmi"), ari: moved("ari") };
}
