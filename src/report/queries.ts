import type { Dataset } from "../data/index.ts";

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
