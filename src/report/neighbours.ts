import type { Dataset } from "../data/index.ts";
import type { Features } from "../run/index.ts";

export interface Neighbour {
  readonly index: number;
  /** Cosine similarity to the query. */
  readonly similarity: number;
}

/** The `count` images most similar to the one at `query`, itself left out; lower index first among equals. */
export function nearestImages({ features, dim }: Features, query: number, count: number): Neighbour[] {
  const similarity = (index: number) => {
    let dot = 0;
    let norm = 0;
    for (let i = 0; i < dim; i++) {
      const value = features[index * dim + i]!;
      dot += value * features[query * dim + i]!;
      norm += value * value;
    }
    // The query's own length scales all of them alike; it is divided out below.
    return norm > 0 ? dot / Math.sqrt(norm) : 0;
  };
  const own = similarity(query) || 1;
  const best: Neighbour[] = [];
  for (let index = 0; index < features.length / dim; index++) {
    if (index === query) continue;
    const candidate = { index, similarity: similarity(index) / own };
    if (best.length === count && candidate.similarity <= best[count - 1]!.similarity) continue;
    const place = best.findIndex((other) => candidate.similarity > other.similarity);
    best.splice(place < 0 ? best.length : place, 0, candidate);
    best.length = Math.min(best.length, count);
  }
  return best;
}

/** The first `perClass` images of each class after `skip` of them: chosen before anything was trained. */
export function queriesOf({ fine, coarse }: Pick<Dataset, "fine" | "coarse">, perClass: number, skip = 0): number[] {
  const found = new Map<number, number[]>();
  (fine ?? coarse).forEach((label, index) => {
    if (label < 0) return;
    const list = found.get(label) ?? [];
    found.set(label, list);
    if (list.length < skip + perClass) list.push(index);
  });
  return [...found.entries()].sort(([a], [b]) => a - b).flatMap(([, list]) => list.slice(skip));
}

/** `count` queries spread evenly over the classes, the first images of each: as little chosen as `queriesOf`. */
export function spreadQueries(dataset: Pick<Dataset, "fine" | "coarse">, count: number): number[] {
  const firsts = queriesOf(dataset, 1);
  if (count <= firsts.length) {
    return Array.from({ length: count }, (_, i) => firsts[Math.floor((i * firsts.length) / count)]!);
  }
  const queries = queriesOf(dataset, Math.ceil(count / Math.max(1, firsts.length)));
  return Array.from(
    { length: Math.min(count, queries.length) },
    (_, i, { length } = queries) => queries[Math.floor((i * length) / Math.min(count, length))]!,
  );
}
