import { breathing } from "../core/breath.ts";
import { evenlySpaced, type StopSignal } from "../core/index.ts";
import { createSimilarity } from "../eval/index.ts";

interface Asked {
  /** [n, dim] of length 1. */
  readonly features: Float32Array;
  readonly dim: number;
  readonly labels: Int32Array;
  readonly classes: number;
  readonly groupOf: Int32Array;
  readonly threads?: number | undefined;
  readonly signal?: StopSignal | undefined;
  /** Called as images are asked. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** Images of a group that are asked: more change its shares by little. */
const MOST_ASKED = 64;
/** Nearest images outside of the group that each of them has. */
const OUTSIDE = 10;
/** At most so many of one other group: a wrong group beside right ones must not make these suspect, too. */
const MOST_OF_GROUP = 4;
/**
 * Fewer images are compared by one thread: the threads of a product get columns of their own, and sum in another order where
 * these are few (`eval/rows.ts`). So the same bits come from any number of cores.
 */
const SHARED_FROM = 4096;
/** Values of one product: 16 MB, for which the rest of the program waits. */
const MOST_VALUES = 2 ** 22;

/**
 * For each question the shares of the labels among the nearest images outside of the group: [questions, classes], of up to 64
 * images of it, evenly spread over its order. Images without a label have no vote, and no other group has more than 4 of the 10
 * votes of an image.
 */
export async function outsideVotes(
  o: Asked,
  questions: readonly { readonly group: number; readonly images: Int32Array }[],
): Promise<Float64Array> {
  const { features, dim, classes, labels } = o;
  const shares = new Float64Array(questions.length * classes);
  const asked = questions.flatMap(({ images }, question) =>
    evenlySpaced(images.length, MOST_ASKED).map((place) => ({ image: images[place]!, question })),
  );
  const height = Math.max(1, Math.floor(MOST_VALUES / Math.max(1, labels.length)));
  const breath = breathing(o.signal);
  const similarity = await createSimilarity(dim, labels.length < SHARED_FROM ? 1 : o.threads);
  try {
    for (let start = 0; start < asked.length; start += height) {
      o.signal?.throwIfAborted();
      const some = asked.slice(start, start + height);
      const queries = new Float32Array(some.length * dim);
      some.forEach(({ image }, i) => {
        queries.set(features.subarray(image * dim, (image + 1) * dim), i * dim);
      });
      const values = await similarity.product(queries, features);
      for (const [i, { image, question }] of some.entries()) {
        await breath();
        const nearest = nearestOutside(values.subarray(i * labels.length, (i + 1) * labels.length), image, o);
        for (const row of nearest) shares[question * classes + labels[row]!]! += 1;
      }
      o.progress?.(start + some.length, asked.length);
    }
  } finally {
    await similarity.close();
  }
  questions.forEach((_, question) => {
    const own = shares.subarray(question * classes, (question + 1) * classes);
    const total = own.reduce((sum, votes) => sum + votes, 0);
    if (total > 0) own.set(own.map((votes) => votes / total));
  });
  return shares;
}

/**
 * The rows of the highest similarities that lie outside of the image's group, few of each other group; the lower row among
 * equals.
 */
function nearestOutside(similarities: Float32Array, image: number, { labels, groupOf }: Asked): number[] {
  const group = groupOf[image]!;
  const best: number[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < similarities.length; row++) {
    if (!(similarities[row]! > least) || groupOf[row] === group || labels[row]! < 0) continue;
    let at = best.length;
    while (at > 0 && similarities[best[at - 1]!]! < similarities[row]!) at--;
    best.splice(at, 0, row);
    const surplus = lastOfFull(best, groupOf, groupOf[row]!);
    if (surplus >= 0) best.splice(surplus, 1);
    else if (best.length > OUTSIDE) best.pop();
    if (best.length === OUTSIDE) least = similarities[best[OUTSIDE - 1]!]!;
  }
  return best;
}

/** The place of the last row of a group that has too many; -1 where it has not. An image in no group stands for itself. */
function lastOfFull(rows: readonly number[], groupOf: Int32Array, group: number): number {
  if (group < 0) return -1;
  const count = rows.reduce((sum, row) => sum + Number(groupOf[row] === group), 0);
  return count > MOST_OF_GROUP ? rows.findLastIndex((row) => groupOf[row] === group) : -1;
}
