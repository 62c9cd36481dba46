import { expect, it } from "vitest";
import { groupCalled } from "./group-name.ts";

const names = new Map<number, string | null>([
  [3, null],
  [7, "ravens"],
  [9, "7"],
]);
const groups = [...names].map(([id, name]) => ({ id, name, coarse: 0, size: 1, foundAgain: null }));

it("is the group of a name, whatever its capitals, and no other", () => {
  expect(groupCalled(groups, "ravens")).toBe(7);
  expect(groupCalled(groups, "RAVENS")).toBe(7);
  expect(groupCalled(groups, "Group 3")).toBe(3);
  expect(groupCalled(groups, "not sure")).toBe(0);
  expect(groupCalled(groups, "crows")).toBeUndefined();
  // It has a name, and is called by it alone.
  expect(groupCalled(groups, "Group 7")).toBeUndefined();
});

it("is no group by its number: a new one may be called so", () => {
  expect(groupCalled(groups, "7")).toBe(9);
  expect(groupCalled(groups, "3")).toBeUndefined();
});
