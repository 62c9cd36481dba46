import { expect, it } from "vitest";
import { groupBy } from "./group-by.ts";

it("keeps items and keys in the order in which they come", () => {
  const groups = groupBy(["beech", "oak", "birch", "ash"], (name) => name[0]);
  expect([...groups]).toEqual([
    ["b", ["beech", "birch"]],
    ["o", ["oak"]],
    ["a", ["ash"]],
  ]);
  expect(groupBy([], String).size).toBe(0);
});
