import type { ReviewProgress } from "../../review/index.ts";

/** What a review is through when each phase begins and ends, in percent of its usual time. */
const spans: Readonly<Partial<Record<ReviewProgress["phase"], readonly [from: number, to: number]>>> = {
  neighbours: [0, 35],
  copies: [35, 95],
  groups: [95, 100],
};

/** How much of a whole review is done, in percent, as its phases say how far they are. It never falls. */
export function reviewShare(): (progress: ReviewProgress) => number {
  let most = 0;
  return ({ phase, done, total }) => {
    const [from, to] = spans[phase] ?? [0, 0];
    most = Math.max(most, from + (to - from) * Math.min(1, done / Math.max(1, total)));
    return most;
  };
}
