import { expect, it } from "vitest";
import { type ReadyReview, withoutDecided } from "./without-decided.ts";

const copy = (a: number, b: number) => ({
  ...{ ids: [a, b] as const, sameBytes: false, agreement: 1, acrossSplits: false, keep: a },
});
const group = (id: number, ids: readonly number[]) => ({
  ...{ group: id, ids, coarse: "a", suggested: "b", share: 1, ownShare: 0 },
});
const review: ReadyReview = {
  ...{ state: "ready", isOld: false, wrongLabels: 2, unusual: 2 },
  groups: [group(1, [1, 2]), group(2, [5, 6])],
  copies: [copy(1, 2), copy(2, 3), copy(5, 6)],
  labels: [1, 2, 5].map((id) => ({ id, coarse: "a", suggested: "b", doubt: 1 })),
  outliers: [1, 2, 5].map((id) => ({ id, score: 2 })),
  totals: { groups: 2, copies: 1003, copiesAcrossSplits: 4 },
  sameFiles: { pairs: 0, drop: [] },
};
const left = (...actions: Parameters<typeof withoutDecided>[1]) => {
  const { groups, copies, labels, outliers } = withoutDecided(review, actions);
  return {
    groups: groups.map(({ ids }) => ids),
    copies: copies.map(({ ids }) => ids),
    ...{ labels: labels.map(({ id }) => id), outliers: outliers.map(({ id }) => id) },
  };
};
const all = {
  groups: [
    [1, 2],
    [5, 6],
  ],
  copies: [
    [1, 2],
    [2, 3],
    [5, 6],
  ],
  ...{ labels: [1, 2, 5], outliers: [1, 2, 5] },
};

it("leaves out what is decided, in every list that it concerns", () => {
  expect(left()).toEqual(all);
  // Image 2 is in two pairs: the second must not take its other one.
  expect(left({ action: "drop", ids: [2] })).toEqual({
    ...{ groups: [[1], [5, 6]], copies: [[5, 6]], labels: [1, 5], outliers: [1, 5] },
  });
  const labelled = { ...all, groups: [[5, 6]], labels: [5] };
  expect(left({ action: "relabel", ids: [1, 2], coarse: "b" })).toEqual(labelled);
  expect(left({ action: "keep", kind: "label", ids: [1, 2] })).toEqual(labelled);
  expect(left({ action: "keep", kind: "copies", ids: [1, 2] })).toEqual({
    ...all,
    copies: [
      [2, 3],
      [5, 6],
    ],
  });
  expect(left({ action: "keep", kind: "outlier", ids: [1] }, { action: "drop", ids: [5] })).toEqual({
    ...{
      groups: [[1, 2], [6]],
      copies: [
        [1, 2],
        [2, 3],
      ],
      labels: [1, 2],
      outliers: [2],
    },
  });
});

it("lowers the totals by what it leaves out", () => {
  const { totals } = withoutDecided(review, [{ action: "drop", ids: [2] }]);
  expect(totals).toEqual({ groups: 2, copies: 1001, copiesAcrossSplits: 4 });
});
