import type { Dataset } from "../data/index.ts";
import { checkLength, countRows, datasetLabels } from "./arguments.ts";
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

export type ImageLabels = Pick<Dataset, "coarse" | "fine">;

/**
 * Leave-one-out Recall@1, 2, 5, 10, 50 and 100 (fractions of 1; see `recallAtK`) of `features` [n, dim] on the fine
 * labels, the coarse labels, and the fine labels within the coarse class; one pass over the similarities for all.
 * @throws MaskconError "shape" where sizes disagree, "config" where a number is out of its range, "data" where a feature is not
 * finite or a label is no class
 */
export async function evaluateFeatures(
  features: Float32Array,
  dim: number,
  labels: ImageLabels,
  options: { blockSize?: number; threads?: number | undefined } & Effort = {},
): Promise<EvalReport> {
  const questions = questionsOf(features, dim, labels);
  const [ranks, ...fineRanks] = await ranksOf({ ...options, features, dim }, questions);
  const [all, within] = fineRanks.map(recallWhereAny);
  return {
    ...(all ? { fine: all } : {}),
    coarse: recallOf(ranks!, recallKs),
    ...(within ? { within } : {}),
  };
}

/** The coarse question, and where fine labels are known the fine one and the fine one within the coarse class; checked. */
export function questionsOf(features: Float32Array, dim: number, { coarse, fine }: ImageLabels): Question[] {
  const n = countRows(features, dim);
  const checked = (list: Int32Array, where: string) => {
    checkLength(datasetLabels(list, where), n, where);
    return list;
  };
  const whole = { labels: checked(coarse, "coarse") };
  if (fine === undefined) return [whole];
  const labels = checked(fine, "fine");
  return [whole, { labels }, { labels, within: coarse }];
}

const recallWhereAny = (ranks: Int32Array): Recall | undefined =>
  ranks.some((rank) => rank > 0) ? recallOf(ranks, recallKs) : undefined;
