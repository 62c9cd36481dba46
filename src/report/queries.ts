import { groupBy } from "../core/index.ts";
import type { Dataset } from "../data/index.ts";

/** The first `perClass` images of each class after `skip` of them: chosen before anything was trained. */
export function queriesOf({ fine, coarse }: Pick<Dataset, "fine" | "coarse">, perClass: number, skip = 0): number[] {
  const labels = fine ?? coarse;
  const places = groupBy(labels.keys(), (index) => labels[index]!);
  places.delete(-1);
  return [...places].sort(([a], [b]) => a - b).flatMap(([, list]) => list.slice(skip, skip + perClass));
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
