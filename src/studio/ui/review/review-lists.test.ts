import { expect, test } from "vitest";
import { firstToRead } from "./review-lists.ts";

const label = { id: 3, coarse: "cats", suggested: "dogs", doubt: 0.1 };
const none = { groups: [], copies: [], labels: [], outliers: [], wrongLabels: 0, unusual: 0 };
const totals = { groups: 0, copies: 0, copiesAcrossSplits: 0 };

test("a review begins with the first list that has what is worth a look", () => {
  expect(firstToRead({ ...none, totals: { ...totals, copies: 2 }, wrongLabels: 4 })).toBe("copies");
  expect(firstToRead({ ...none, totals, labels: [label], unusual: 1 })).toBe("outliers");
  expect(firstToRead({ ...none, totals, labels: [label] })).toBe("labels");
  expect(firstToRead({ ...none, totals })).toBe("groups");
});
