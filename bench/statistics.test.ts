import { expect, test } from "vitest";
import { median } from "./statistics.ts";

test("the middle of an odd count, the mean of the middle two of an even one, in any order", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 10, 2])).toBe(3);
});
