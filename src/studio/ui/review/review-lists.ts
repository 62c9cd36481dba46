import type { ReadyReview } from "./without-decided.ts";

/** The lists of a review, in their order. */
export const reviewLists = ["groups", "copies", "labels", "outliers"] as const;
export type ReviewList = (typeof reviewLists)[number];

/** The first list with entries that are worth a look; where there are none, the first with any. */
export function firstToRead(review: Pick<ReadyReview, ReviewList | "totals" | "wrongLabels" | "unusual">): ReviewList {
  const { totals, wrongLabels, unusual } = review;
  const worth = { groups: totals.groups, copies: totals.copies, labels: wrongLabels, outliers: unusual };
  return (
    reviewLists.find((name) => worth[name] > 0) ?? reviewLists.find((name) => review[name].length > 0) ?? reviewLists[0]
  );
}
