import fc from "fast-check";
import { expect, test } from "vitest";
import { matchingAccuracy } from "./matching-accuracy.ts";

/** The best of all ways to give each cluster a label of its own. */
function bestOfAll(labels: readonly number[], clusters: readonly number[]): number {
  const ids = [...new Set(clusters)].filter((cluster) => cluster >= 0);
  const visit = (place: number, free: readonly number[]): number => {
    if (place === ids.length) return 0;
    const hits = (label: number) => labels.filter((own, i) => own === label && clusters[i] === ids[place]).length;
    const taken = free.map(
      (label) =>
        hits(label) +
        visit(
          place + 1,
          free.filter((own) => own !== label),
        ),
    );
    return Math.max(visit(place + 1, free), ...taken);
  };
  return visit(0, [...new Set(labels)]) / labels.length;
}

test("is the largest share of any one-to-one matching", () => {
  const pairs = fc.array(fc.tuple(fc.nat(4), fc.integer({ min: -1, max: 4 })), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(pairs, (list) => {
      const [labels, clusters] = [list.map(([label]) => label), list.map(([, cluster]) => cluster)];
      expect(matchingAccuracy(labels, clusters)).toBeCloseTo(bestOfAll(labels, clusters), 12);
    }),
  );
});

test("images without a cluster, and clusters without a label of their own, are wrong", () => {
  expect(matchingAccuracy([0, 0, 1, 1], [7, 7, 3, 3])).toBe(1);
  expect(matchingAccuracy([0, 0, 1, 1], [7, 7, 3, -1])).toBe(0.75);
  expect(matchingAccuracy([0, 0, 0, 0], [1, 1, 1, 2])).toBe(0.75);
  expect(matchingAccuracy([0, 1], [-1, -1])).toBe(0);
});
