import { type ClassLabels, checkKs, checkLength, checkWholeNumber, classNumbers, countRows } from "./arguments.ts";
import { counter, type Effort } from "./effort.ts";
import { type FirstHitSearch, firstHitRanks } from "./first-hit.ts";
import { groupsOf } from "./groups.ts";
import { rowScales } from "./normalize.ts";
import { createSimilarity } from "./similarity.ts";

/** Recall@K by K, fractions of 1. */
export type Recall = Record<string, number>;

/** What `recallAtK` measures. */
export interface RecallOptions extends Effort {
  /** [n, dim], any length of rows. */
  readonly features: Float32Array;
  /** Width of a row. */
  readonly dim: number;
  /** [n] */
  readonly labels: ClassLabels;
  /** The values of K, each from 1 on. */
  readonly ks: readonly number[];
  /** [n]. Only images with the same entry are neighbours, for example those of one coarse class. */
  readonly within?: ClassLabels;
  /** Rows compared at a time; bounds memory (about 16 * blockSize^2 + 20 * blockSize * dim bytes), never changes the result. */
  readonly blockSize?: number;
  /** Threads of matrix products; all cores by default. */
  readonly threads?: number | undefined;
}

/**
 * Leave-one-out Recall@K by cosine similarity: the share of images with one of their own label among the K nearest
 * others. Exact: the diagonal is masked, not the first result dropped, and equal similarities (exact duplicates) rank
 * by lower index. An image with no other of its label (and, with `within`, of its group) is a miss, as in the official
 * code; where this holds of all images every recall is 0. K beyond the gallery means all of it.
 * @throws MaskconError "shape" where sizes disagree or a list is of another type, "config" where a number such as a K is out
 * of its range, "data" where a feature is not finite or a label is no class.
 */
export async function recallAtK(o: RecallOptions): Promise<Recall> {
  checkKs(o.ks);
  const [ranks] = await ranksOf(o, [questionOf(o)]);
  return recallOf(ranks!, o.ks);
}

export interface Question {
  readonly labels: Int32Array;
  readonly within?: Int32Array;
}

/** What is asked of `features`, checked. */
export function questionOf({ features, dim, labels, within }: Omit<RecallOptions, "ks">): Question {
  const n = countRows(features, dim);
  const checked = (list: ClassLabels, where: string) => {
    const numbers = classNumbers(list, where);
    checkLength(numbers, n, where);
    return numbers;
  };
  return { labels: checked(labels, "labels"), ...(within !== undefined && { within: checked(within, "within") }) };
}

/** The rank of every image's first hit, for several questions at once; 0 where there is none to find. */
export async function ranksOf(
  o: Pick<RecallOptions, "features" | "dim" | "blockSize" | "threads" | "signal" | "progress">,
  questions: readonly Question[],
): Promise<Int32Array[]> {
  const n = countRows(o.features, o.dim);
  const { dim, blockSize = 384 } = o;
  checkWholeNumber("blockSize", blockSize);
  if (n === 0) return questions.map(() => new Int32Array(0));
  const similarity = await createSimilarity(dim, o.threads);
  try {
    const scales = rowScales(o.features, dim);
    const pairs = counter(o, "neighbours", pairsToCompare(n, questions));
    const search = { similarity, features: o.features, scales, dim, blockSize, counter: pairs };
    const all = Int32Array.from({ length: n }, (_, i) => i);
    // One pass over the whole gallery answers every question about it.
    const wholeLabels = questions.filter(({ within }) => within === undefined).map(({ labels }) => labels);
    const wholeRanks = wholeLabels.length > 0 ? await firstHitRanks(search, all, wholeLabels) : [];
    const ranks: Int32Array[] = [];
    for (const { labels, within } of questions) {
      ranks.push(within ? await ranksWithin(search, labels, groupsOf(within)) : wholeRanks.shift()!);
    }
    return ranks;
  } finally {
    await similarity.close();
  }
}

/** The ranks of every image inside its own group. */
async function ranksWithin(
  search: FirstHitSearch,
  labels: Int32Array,
  groups: readonly Int32Array[],
): Promise<Int32Array> {
  const ranks = new Int32Array(labels.length);
  for (const members of groups) {
    const [ofGroup] = await firstHitRanks(search, members, [labels]);
    members.forEach((row, i) => {
      ranks[row] = ofGroup![i]!;
    });
  }
  return ranks;
}

/** Pairs of images that `firstHitRanks` compares: within classes, and all of each gallery once more. */
function pairsToCompare(n: number, questions: readonly Question[]): number {
  const pairs = (count: number) => (count * (count - 1)) / 2;
  const within = (groups: readonly Int32Array[]) => groups.reduce((sum, { length }) => sum + pairs(length), 0);
  const own = questions.map(({ labels, within: groups }) =>
    groups
      ? within(groupsOf(groups)) +
        groupsOf(groups).reduce((sum, members) => sum + within(groupsOf(members.map((row) => labels[row]!))), 0)
      : within(groupsOf(labels)),
  );
  const whole = questions.some((question) => question.within === undefined) ? pairs(n) : 0;
  return own.reduce((sum, count) => sum + count, whole);
}

export function recallOf(ranks: Int32Array, ks: readonly number[]): Recall {
  const hits = (k: number) => ranks.reduce((sum, rank) => sum + Number(rank > 0 && rank <= k), 0);
  return Object.fromEntries(ks.map((k) => [`${k}`, ranks.length === 0 ? 0 : hits(k) / ranks.length]));
}
