import { checkKs, checkMemoryLimit } from "./arguments.ts";
import { type BootstrapOptions, checkBootstrap } from "./bootstrap.ts";
import { counter, type Effort } from "./effort.ts";
import { type Measures, measuresOf, measuresWithIntervals } from "./measures.ts";
import { LIST_MEMORY } from "./nearest.ts";
import { rowScales } from "./normalize.ts";
import { questionOf, type RecallOptions } from "./recall.ts";
import { pairsToScore, scoreQueries } from "./score-queries.ts";
import { createSimilarity } from "./similarity.ts";

/** What `measureRetrieval` measures. */
export interface MeasureOptions extends Omit<RecallOptions, "blockSize"> {
  /** Bytes for lists of neighbours, 512 MB by default; never changes the result. */
  readonly memory?: number;
  /** Also 95% intervals, by bootstrap over the queries. */
  readonly intervals?: BootstrapOptions | boolean;
}

/**
 * Recall@K, precision@K, MAP@R and weighted 20-nearest-neighbour accuracy, leave-one-out by cosine similarity: one labelling,
 * the whole gallery or `within` groups. Exact, equal similarities by lower index, the query itself masked; docs/evaluation.md
 * defines each measure.
 * @throws MaskconError "shape" where sizes disagree, "config" where a number is out of its range, "data" where a feature is not
 * finite or a label is no class
 */
export async function measureRetrieval(o: MeasureOptions): Promise<Measures> {
  const { memory = LIST_MEMORY } = o;
  const question = questionOf(o);
  const n = question.labels.length;
  const intervals = o.intervals === true ? {} : o.intervals || undefined;
  checkKs(o.ks);
  checkMemoryLimit(memory);
  if (intervals) checkBootstrap(intervals);
  const similarity = await createSimilarity(o.dim, o.threads);
  try {
    const search = {
      similarity,
      features: o.features,
      scales: rowScales(o.features, o.dim),
      dim: o.dim,
      memory,
      counter: counter(o, "neighbours", pairsToScore(n, [question])),
    };
    const [table] = await scoreQueries(search, n, [{ ...question, ks: o.ks }]);
    if (!intervals) return measuresOf(table!);
    return await measuresWithIntervals(table!, intervals, intervalCounter(o, intervals, 1));
  } finally {
    await similarity.close();
  }
}

/** Counts the resamples of so many bootstraps. */
export const intervalCounter = (effort: Effort, { resamples = 1000 }: BootstrapOptions, bootstraps: number) =>
  counter(effort, "intervals", resamples * bootstraps);
