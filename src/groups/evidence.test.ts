import { expect, test } from "vitest";
import { groupCounts } from "./evidence.ts";

/** Eigenvalues that have gone these shares of the way from the Gaussian's to 1. */
function gone(shares: readonly number[], oneGaussian = 0.2) {
  return {
    eigenvalues: Float64Array.from(shares, (share) => oneGaussian + share * (1 - oneGaussian)),
    oneGaussian: new Float64Array(shares.length).fill(oneGaussian),
  };
}

test.each([
  // 0.6 of the way that the first has gone; but a walk stays 3 times longer in these parts, and 14 times in the first.
  [[0.93, 0.86, 0.65, 0.6, 0.5], 3, 3],
  [[0.6, 0.5, 0.4, 0.3, 0.2], 3, 4],
  [[0.1, 0.09, 0.08, 0.01], 4, 4],
  // Two parts without an edge between them do not hide the others.
  [[1, 0.8, 0.75, 0.7], 3, 4],
  [[1, 1, 1, 0.5], 4, 4],
  [[0.5, 0.1, 0.5], 2, 2],
  [[-0.1, 0.3], 2, 2],
  [[0, 0], 2, 2],
])("of eigenvalues gone %j of the way: %i to %i groups", (shares, least, most) => {
  expect(groupCounts(gone(shares))).toEqual({ least, most });
  expect(groupCounts(gone(shares, 0.7))).toEqual({ least, most });
});
