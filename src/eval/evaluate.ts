import type { Dataset } from "../data/index.ts";
import { checkLength, countRows, datasetLabels } from "./arguments.ts";
import type { Effort } from "./effort.ts";
import { type Question, type Recall, ranksOf, recallOf } from "./recall.ts";
import { ksOf } from "./report-ks.ts";

/**
 * Recall by K: of 1, 2, 5, 10, 50 and 100 those that are smaller than the number of images that are searched, and 1. A larger K
 * finds whatever there is to find, in any order.
 */
export interface EvalReport {
  /** Absent where fine labels are unknown, or no two images share one. */
  readonly fine?: Recall;
  readonly coarse: Recall;
  /** Fine recall among the images of the query's coarse class. Absent like `fine`. */
  readonly within?: Recall;
}

/** Coarse labels of images, and fine ones where they are known. */
export type ImageLabels = Pick<Dataset, "coarse" | "fine">;

/**
 * Leave-one-out Recall@K (fractions of 1; see `recallAtK`; K as `EvalReport` says) of `features` [n, dim] on the fine
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
  const ranks = await ranksOf({ ...options, features, dim }, questions);
  const n = labels.coarse.length;
  const [coarse, all, within] = questions.map((question, i) => recallOf(ranks[i]!, ksOf(question, n)));
  const isAny = ranks.map((ofQuestion) => ofQuestion.some((rank) => rank > 0));
  return {
    ...(all && isAny[1] ? { fine: all } : {}),
    coarse: coarse!,
    ...(within && isAny[2] ? { within } : {}),
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
