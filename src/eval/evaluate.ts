import type { Dataset } from "../data/index.ts";
import type { Effort } from "./effort.ts";
import { type Question, type Recall, ranksOf, recallOf } from "./recall.ts";

export const recallKs: readonly number[] = [1, 2, 5, 10, 50, 100];

export interface EvalReport {
  /** Absent where fine labels are unknown, or no two images share one. */
  readonly fine?: Recall;
  readonly coarse: Recall;
  /** Fine recall among the images of the query's coarse class. Absent like `fine`. */
  readonly within?: Recall;
}

export interface Comparison {
  readonly trained: EvalReport;
  readonly frozen: EvalReport;
}

export type Labels = Pick<Dataset, "coarse" | "fine">;

/**
 * Leave-one-out Recall@1, 2, 5, 10, 50 and 100 (fractions of 1; see `recallAtK`) of `features` [n, dim] on the fine
 * labels, the coarse labels, and the fine labels within the coarse class; one pass over the similarities for all.
 */
export async function evaluateFeatures(
  features: Float32Array,
  dim: number,
  { coarse, fine }: Labels,
  options: { blockSize?: number; threads?: number } & Effort = {},
): Promise<EvalReport> {
  const ofFine: Question[] = fine ? [{ labels: fine }, { labels: fine, within: coarse }] : [];
  const [ranks, ...fineRanks] = await ranksOf({ ...options, features, dim }, [{ labels: coarse }, ...ofFine]);
  const [all, within] = fineRanks.map(recallWhereAny);
  return {
    ...(all ? { fine: all } : {}),
    coarse: recallOf(ranks!, recallKs),
    ...(within ? { within } : {}),
  };
}

/** The trained encoder's features and those of the same encoder before training, side by side. */
export async function compareWithFrozen(o: {
  trained: Float32Array;
  frozen: Float32Array;
  dim: number;
  labels: Labels;
  threads?: number;
}): Promise<Comparison> {
  const options = o.threads === undefined ? {} : { threads: o.threads };
  return {
    trained: await evaluateFeatures(o.trained, o.dim, o.labels, options),
    frozen: await evaluateFeatures(o.frozen, o.dim, o.labels, options),
  };
}

const recallWhereAny = (ranks: Int32Array): Recall | undefined =>
  ranks.some((rank) => rank > 0) ? recallOf(ranks, recallKs) : undefined;
