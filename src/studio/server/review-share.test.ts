import { expect, test } from "vitest";
import { reviewShare } from "./review-share.ts";

test("a review has one share that is done, which only grows", () => {
  const share = reviewShare();
  const done = [
    share({ phase: "neighbours", done: 0, total: 10 }),
    share({ phase: "neighbours", done: 10, total: 10 }),
    share({ phase: "copies", done: 0, total: 1000 }),
    share({ phase: "copies", done: 500, total: 1000 }),
    // Groups are looked for by their neighbours, too.
    share({ phase: "neighbours", done: 1, total: 10 }),
    share({ phase: "groups", done: 0, total: 0 }),
    share({ phase: "groups", done: 3, total: 3 }),
  ];
  expect(done).toEqual([0, 35, 35, 65, 65, 95, 100]);
});
