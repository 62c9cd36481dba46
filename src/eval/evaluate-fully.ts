import { fail } from "../core/index.ts";
import { type Judged, judge, meanJudged, type Partitions } from "./agreement-intervals.ts";
import { checkMemoryLimit } from "./arguments.ts";
import { type BootstrapOptions, checkBootstrap } from "./bootstrap.ts";
import { type Clusterings, classCount, clusterings } from "./cluster-agreements.ts";
import { counter, type Effort } from "./effort.ts";
import { type EvalReport, type ImageLabels, questionsOf } from "./evaluate.ts";
import { groupsOf } from "./groups.ts";
import { intervalCounter } from "./measure-retrieval.ts";
import { gainOver, type Measures, measuresWithIntervals, selectQueries, withAgreement } from "./measures.ts";
import { LIST_MEMORY } from "./nearest.ts";
import { rowScales } from "./normalize.ts";
import type { QueryTable } from "./query-table.ts";
import { ksAmong, ksOf } from "./report-ks.ts";
import { pairsToScore, scoreQueries } from "./score-queries.ts";
import { createSimilarity } from "./similarity.ts";

/** What `evaluateFully` may take of the machine, its intervals, and how it is followed. */
export interface FullOptions extends Effort, BootstrapOptions {
  /** Threads of matrix products; all cores by default. */
  readonly threads?: number | undefined;
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

/** Every measure of an encoder's features, and what they are means of. */
export interface FullEvaluation {
  readonly report: FullReport;
  /** Every query's own scores, for `gains`. */
  readonly scores: Answers<QueryTable>;
}

/**
 * Every measure of `features` [n, dim] on the fine labels, the coarse labels and the fine labels within the coarse class,
 * overall and per coarse class, with bootstrap intervals; docs/evaluation.md defines them. K is as in `EvalReport`;
 * recall is what `evaluateFeatures` gives. NMI and ARI are those of k-means at the true number of classes; `within` has
 * their means over the coarse classes, weighted by images.
 * @throws MaskconError "shape" where sizes disagree, "config" where a number is out of its range, "data" where a feature is not
 * finite or a label is no class
 */
export async function evaluateFully(
  features: Float32Array,
  dim: number,
  labels: ImageLabels,
  options: FullOptions = {},
): Promise<FullEvaluation> {
  const { memory = LIST_MEMORY } = options;
  const questions = questionsOf(features, dim, labels);
  const n = labels.coarse.length;
  checkMemoryLimit(memory);
  checkBootstrap(options);
  const similarity = await createSimilarity(dim, options.threads);
  try {
    const rows = { similarity, features, scales: rowScales(features, dim), dim };
    const pairs = counter(options, "neighbours", pairsToScore(n, questions));
    const asked = questions.map((question) => ({ ...question, ks: ksOf(question, n) }));
    const search = { ...rows, memory, counter: pairs };
    const [ofCoarse, ofFine, ofWithin] = await scoreQueries(search, n, asked);
    const scores = { ...known("fine", ofFine), coarse: ofCoarse!, ...known("within", ofWithin) };
    const clustered = await clusterings(rows, labels, options);
    return { scores, report: await reportOf(scores, labels, clustered, options) };
  } finally {
    await similarity.close();
  }
}

/**
 * Recall alone, as `evaluateFeatures` reports it.
 * @param report of `evaluateFully`
 */
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
 * @throws MaskconError "shape" where the two are not scores of the same images and K, "config" where an option is out of its range
 */
export async function gains(
  scores: Answers<QueryTable>,
  base: Answers<QueryTable>,
  options: BootstrapOptions & Effort = {},
): Promise<Answers<Measures>> {
  checkBootstrap(options);
  const intervals = intervalCounter(options, options, 3);
  const gain = (kind: keyof Answers<QueryTable>) => {
    const [own, other] = [scores[kind], base[kind]];
    if (!own || !other) return undefined;
    checkSameQueries(kind, own, other);
    return measuresWithIntervals(gainOver(other, own), options, intervals);
  };
  const [fine, coarse, within] = [await gain("fine"), await gain("coarse"), await gain("within")];
  return { ...(fine ? { fine } : {}), coarse: coarse!, ...(within ? { within } : {}) };
}

function checkSameQueries(where: string, scores: QueryTable, base: QueryTable): void {
  const show = ({ ks, matches }: QueryTable) => `scores of ${matches.length} images at K ${ks.join(", ")}`;
  const [expected, found] = [show(base), show(scores)];
  if (expected !== found) fail("shape", { where, expected, found });
  const image = scores.matches.findIndex((count, i) => count !== base.matches[i]);
  if (image < 0) return;
  fail("shape", {
    where,
    expected: `${base.matches[image]} others of the class of image ${image}`,
    found: `${scores.matches[image]}`,
    fix: "give the scores of the same labels",
  });
}

const known = <K extends string>(kind: K, table: QueryTable | undefined) =>
  (table?.matches.some((count) => count > 0) ? { [kind]: table } : {}) as { readonly [P in K]?: QueryTable };

async function reportOf(
  scores: Answers<QueryTable>,
  { coarse, fine }: ImageLabels,
  clustered: Clusterings,
  options: FullOptions,
): Promise<FullReport> {
  const groups = groupsOf(coarse).sort((a, b) => coarse[a[0]!]! - coarse[b[0]!]!);
  const tables = Object.entries(scores) as [keyof Answers<QueryTable>, QueryTable][];
  const judgements = Number("fine" in clustered) + Number("coarse" in clustered) + clustered.byClass.size;
  const intervals = intervalCounter(options, options, tables.length * (1 + groups.length) + judgements);
  const judged = (partitions: Partitions | undefined) => partitions && judge(partitions, options, intervals);
  const byClass = new Map<number, Judged>();
  for (const [coarseClass, partitions] of clustered.byClass) byClass.set(coarseClass, await judged(partitions)!);
  const whole = {
    fine: await judged(clustered.fine),
    coarse: await judged(clustered.coarse),
    within: meanJudged([...byClass.values()]),
  };
  const overall: Partial<Record<keyof Answers<Measures>, Measures>> = {};
  for (const [kind, table] of tables) {
    const measures = await measuresWithIntervals(table, options, intervals);
    overall[kind] = withAgreement(measures, whole[kind], options);
  }
  const perClass: ClassReport[] = [];
  for (const members of groups) {
    const coarseClass = coarse[members[0]!]!;
    const own: Partial<Record<keyof Answers<Measures>, Measures>> = {};
    for (const [kind, table] of tables) {
      // Of `within` the gallery is the class itself.
      const ks = kind === "within" ? ksAmong(members.length - 1) : table.ks;
      const measures = await measuresWithIntervals(selectQueries(table, members, ks), options, intervals);
      own[kind] = kind === "within" ? withAgreement(measures, byClass.get(coarseClass), options) : measures;
    }
    const fineClasses = fine ? { fineClasses: classCount(fine, members) } : {};
    perClass.push({ coarseClass, images: members.length, ...fineClasses, ...own, coarse: own.coarse! });
  }
  return { images: coarse.length, ...overall, coarse: overall.coarse!, perClass };
}
