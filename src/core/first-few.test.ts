import { expect, it } from "vitest";
import { firstFew } from "./first-few.ts";

it("names some and counts the rest", () => {
  expect(firstFew(["a", "b", "c"])).toBe("a, b, c");
  expect(firstFew(["a", "b", "c"], { most: 2 })).toBe("a, b and 1 more");
  expect(firstFew([3, 7], { total: 1000 })).toBe("3, 7 and 998 more");
  expect(firstFew([])).toBe("");
});
