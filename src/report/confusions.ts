import { random } from "../core/index.ts";
import type { Dataset } from "../data/index.ts";
import { rowScales } from "../eval/index.ts";
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

export interface Confusions {
  readonly pairs: readonly Confusion[];
  /** Queries that were asked; fewer than the images where all of them would take too long. */
  readonly queries: number;
}

/** Multiplications that a minute is enough for. */
const effort = 2e10;

/**
 * The pairs of fine classes within a coarse class that are most often confused at rank 1, when each image looks for its
 * nearest neighbour (cosine, itself left out) among those of its own coarse class. Of very many images a seeded sample asks.
 */
export async function hardestConfusions(
  dataset: Pick<Dataset, "coarse" | "fine" | "length">,
  { features, dim }: Features,
  o: { most?: number; seed?: number; signal?: AbortSignal; progress?: (done: number, total: number) => void } = {},
): Promise<Confusions> {
  const { coarse, fine } = dataset;
  if (!fine) return { pairs: [], queries: 0 };
  const members = new Map<number, number[]>();
  coarse.forEach((label, i) => {
    const list = members.get(label);
    if (list) list.push(i);
    else members.set(label, [i]);
  });
  let products = 0;
  for (const { length } of members.values()) products += length * length * dim;
  const asked = sample(dataset.length, Math.min(1, effort / Math.max(1, products)), o.seed ?? 0);
  const rows = { features, dim, scales: rowScales(features, dim) };
  const counter = new Counter();
  for (const [done, query] of asked.entries()) {
    if (done % 64 === 0) {
      o.signal?.throwIfAborted();
      o.progress?.(done, asked.length);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const nearest = nearestAmong(rows, query, members.get(coarse[query]!)!);
    if (nearest) counter.add(query, coarse[query]!, fine[query]!, fine[nearest.index]!, nearest);
  }
  return { pairs: counter.hardest(o.most ?? 12), queries: asked.length };
}

/** Ascending indices; all of them where `share` is 1. */
function sample(n: number, share: number, seed: number): number[] {
  const rng = random(seed, 0x0c0f);
  return Array.from({ length: n }, (_, i) => i).filter(() => share >= 1 || rng.uniform() < share);
}

function nearestAmong(
  { features, dim, scales }: Features & { readonly scales: Float64Array },
  query: number,
  among: readonly number[],
) {
  let best: { index: number; similarity: number } | undefined;
  const own = query * dim;
  for (const index of among) {
    if (index === query) continue;
    const other = index * dim;
    let product = 0;
    for (let d = 0; d < dim; d++) product += features[own + d]! * features[other + d]!;
    const similarity = product * scales[query]! * scales[index]!;
    if (!best || similarity > best.similarity) best = { index, similarity };
  }
  return best;
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
