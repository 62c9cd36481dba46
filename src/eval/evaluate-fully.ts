import type { BootstrapOptions } from "./bootstrap.ts";
import { type Agreements, agreements, countOf } from "./cluster-agreements.ts";
import { counter, type Effort } from "./effort.ts";
import { type EvalReport, type Labels, recallKs } from "./evaluate.ts";
import { groupsOf } from "./groups.ts";
import { intervalCounter, listMemory } from "./measure-retrieval.ts";
import { gainOver, type Measures, measuresOf, measuresWithIntervals, rowsOf } from "./measures.ts";
import { rowScales } from "./normalize.ts";
import type { QueryTable } from "./query-table.ts";
import { checkedCount, type Question } from "./recall.ts";
import { pairsToScore, scoreQueries } from "./score-queries.ts";
import { createSimilarity } from "./similarity.ts";

export interface FullOptions extends Effort, BootstrapOptions {
  readonly threads?: number;
  /** Bytes for lists of neighbours, 512 MB by default; never changes the result. */
  readonly memory?: number;
}

/** The three questions: whose fine class is it, whose coarse class, and whose fine class among its coarse class. */
export interface Answers<T> {
  /** Absent, like `within`, where fine labels are unknown or no two images to compare share one. */
  readonly fine?: T;
  readonly coarse: T;
  readonly within?: T;
}

/** The measures of one coarse class's images as queries; the gallery of `fine` and `coarse` is the whole set. */
export interface ClassReport extends Answers<Measures> {
  readonly coarseClass: number;
  readonly images: number;
  readonly fineClasses?: number;
}

export interface FullReport extends Answers<Measures> {
  readonly images: number;
  /** In the order of the coarse classes; those without images are left out. */
  readonly perClass: readonly ClassReport[];
}

export interface FullEvaluation {
  readonly report: FullReport;
  /** Every query's own scores, for `gains`. */
  readonly scores: Answers<QueryTable>;
}

/**
 * Every measure of `features` [n, dim] on the fine labels, the coarse labels and the fine labels within the coarse class,
 * overall and per coarse class, with bootstrap intervals (overall, and within each coarse class); docs/evaluation.md
 * defines them. K is 1, 2, 5, 10, 50 and 100; recall is what `evaluateFeatures` gives. NMI and ARI are those of k-means at
 * the true number of classes; `within` has their means over the coarse classes, weighted by images.
 * Throws `shape` where sizes disagree and `data` where a feature is not finite.
 */
export async function evaluateFully(
  features: Float32Array,
  dim: number,
  labels: Labels,
  options: FullOptions = {},
): Promise<FullEvaluation> {
  const { coarse, fine } = labels;
  const questions: Question[] = [
    { labels: coarse },
    ...(fine ? [{ labels: fine }, { labels: fine, within: coarse }] : []),
  ];
  const n = checkedCount({ features, dim }, questions);
  const similarity = await createSimilarity(dim, options.threads);
  try {
    const rows = { similarity, features, scales: rowScales(features, dim), dim };
    const pairs = counter(options, "neighbours", pairsToScore(n, questions));
    const search = { ...rows, memory: options.memory ?? listMemory, counter: pairs };
    const [ofCoarse, ofFine, ofWithin] = await scoreQueries(search, n, questions, recallKs);
    const scores = { ...known("fine", ofFine), coarse: ofCoarse!, ...known("within", ofWithin) };
    const agreement = await agreements(rows, labels, options);
    return { scores, report: await reportOf(scores, labels, agreement, options) };
  } finally {
    await similarity.close();
  }
}

/** Recall alone, as `evaluateFeatures` reports it. */
export function recallReport({ fine, coarse, within }: FullReport): EvalReport {
  return {
    ...(fine ? { fine: fine.recall } : {}),
    coarse: coarse.recall,
    ...(within ? { within: within.recall } : {}),
  };
}

/**
 * What the first encoder's features gain over the second's on the same images: differences of the means, and intervals by
 * bootstrap of each query's own difference, narrower than the two intervals suggest.
 */
export async function gains(
  scores: Answers<QueryTable>,
  base: Answers<QueryTable>,
  options: BootstrapOptions & Effort = {},
): Promise<Answers<Measures>> {
  const intervals = intervalCounter(options, options, 3);
  const gain = (kind: keyof Answers<QueryTable>) =>
    scores[kind] && base[kind] && measuresWithIntervals(gainOver(base[kind], scores[kind]), options, intervals);
  const [fine, coarse, within] = [await gain("fine"), await gain("coarse"), await gain("within")];
  return { ...(fine ? { fine } : {}), coarse: coarse!, ...(within ? { within } : {}) };
}

const known = <K extends string>(kind: K, table: QueryTable | undefined) =>
  (table?.matches.some((count) => count > 0) ? { [kind]: table } : {}) as { readonly [P in K]?: QueryTable };

async function reportOf(
  scores: Answers<QueryTable>,
  { coarse, fine }: Labels,
  agreement: Agreements,
  options: FullOptions,
): Promise<FullReport> {
  const groups = groupsOf(coarse).sort((a, b) => coarse[a[0]!]! - coarse[b[0]!]!);
  const tables = Object.entries(scores) as [keyof Answers<QueryTable>, QueryTable][];
  const intervals = intervalCounter(options, options, tables.length + (scores.within ? groups.length : 0));
  const overall: Partial<Record<keyof Answers<Measures>, Measures>> = {};
  for (const [kind, table] of tables) {
    overall[kind] = { ...(await measuresWithIntervals(table, options, intervals)), ...agreement[kind] };
  }
  const perClass: ClassReport[] = [];
  for (const members of groups) {
    const coarseClass = coarse[members[0]!]!;
    const within = scores.within && (await measuresWithIntervals(rowsOf(scores.within, members), options, intervals));
    perClass.push({
      coarseClass,
      images: members.length,
      ...(fine ? { fineClasses: countOf(fine, members) } : {}),
      ...(scores.fine ? { fine: measuresOf(rowsOf(scores.fine, members)) } : {}),
      coarse: measuresOf(rowsOf(scores.coarse, members)),
      ...(within ? { within: { ...within, ...agreement.byClass.get(coarseClass) } } : {}),
    });
  }
  return { images: coarse.length, ...overall, coarse: overall.coarse!, perClass };
}
