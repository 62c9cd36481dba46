import type { Dataset } from "../data/index.ts";
import { type Effort, nearestNeighbours } from "../eval/index.ts";
import type { Features } from "../run/index.ts";

/** Two fine classes of one coarse class, and how often one's image found the other's first. */
export interface Confusion {
  readonly coarse: number;
  readonly a: number;
  readonly b: number;
  /** Queries of `a` whose nearest neighbour is of `b`, and the other way round. */
  readonly aToB: number;
  readonly bToA: number;
  /** `(aToB + bToA)` over all queries of the two classes. */
  readonly share: number;
  /** The most similar confused pair, as [query, neighbour]. */
  readonly example: readonly [number, number];
}

/**
 * The pairs of fine classes within a coarse class that are most often confused at rank 1, when each image looks for its
 * nearest neighbour (cosine, itself left out) among those of its own coarse class.
 * @param o.most pairs to give, 12 by default
 */
export async function hardestConfusions(
  { coarse, fine }: Pick<Dataset, "coarse"> & { readonly fine: Int32Array },
  features: Features,
  o: Effort & { most?: number; threads?: number | undefined } = {},
): Promise<Confusion[]> {
  const { most = 12, ...effort } = o;
  const { rows, similarities } = await nearestNeighbours({ ...features, ...effort, within: coarse, count: 1 });
  const counter = new Counter();
  rows.forEach((row, query) => {
    if (row < 0) return;
    counter.add(query, coarse[query]!, fine[query]!, fine[row]!, { index: row, similarity: similarities[query]! });
  });
  return counter.hardest(most);
}

interface Tally {
  coarse: number;
  aToB: number;
  bToA: number;
  similarity: number;
  example: readonly [number, number];
}

class Counter {
  readonly pairs = new Map<string, Tally>();
  readonly queries = new Map<string, number>();

  add(
    query: number,
    coarse: number,
    fine: number,
    found: number,
    nearest: { index: number; similarity: number },
  ): void {
    const own = `${coarse}/${fine}`;
    this.queries.set(own, (this.queries.get(own) ?? 0) + 1);
    if (found === fine) return;
    const key = `${coarse}/${Math.min(fine, found)}/${Math.max(fine, found)}`;
    const tally = this.pairs.get(key) ?? { coarse, aToB: 0, bToA: 0, similarity: -2, example: [query, nearest.index] };
    this.pairs.set(key, tally);
    if (fine < found) tally.aToB++;
    else tally.bToA++;
    if (nearest.similarity > tally.similarity) {
      tally.similarity = nearest.similarity;
      tally.example = [query, nearest.index];
    }
  }

  hardest(most: number): Confusion[] {
    const of = (coarse: number, fine: number) => this.queries.get(`${coarse}/${fine}`) ?? 0;
    return [...this.pairs]
      .map(([key, { coarse, aToB, bToA, example }]) => {
        const [, a, b] = key.split("/").map(Number) as [number, number, number];
        return { coarse, a, b, aToB, bToA, example, share: (aToB + bToA) / (of(coarse, a) + of(coarse, b)) };
      })
      .sort((x, y) => y.aToB + y.bToA - (x.aToB + x.bToA) || x.coarse - y.coarse || x.a - y.a || x.b - y.b)
      .slice(0, most);
  }
}
