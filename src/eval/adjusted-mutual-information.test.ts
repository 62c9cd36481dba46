import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import { adjustedMutualInformation } from "./adjusted-mutual-information.ts";

const ami = adjustedMutualInformation;

test("the values of scikit-learn", () => {
  expect(ami([0, 0, 1, 2], [0, 0, 1, 1])).toBeCloseTo(0.5714285714285714, 12);
  expect(ami([0, 0, 1, 1], [0, 1, 0, 1])).toBeCloseTo(-0.5, 12);
  expect(ami([0, 0, 0, 1, 1, 1, 2, 2, 2, 2], [0, 0, 1, 1, 1, 2, 2, 2, 2, 0])).toBeCloseTo(0.23728877770133558, 12);
  expect(ami([0, 0, 0], [0, 1, 2])).toBeCloseTo(0, 12);
  expect(ami([0, 0, 0], [0, 1, 1])).toBeCloseTo(0, 12);
  expect(ami([0, 1, 2, 3], [0, 0, 1, 1])).toBeCloseTo(0, 9);
});

test("1 for the same partition under other names, and where neither splits anything", () => {
  expect(ami(["a", "a", "b", "c"], [7, 7, -1, 3])).toBeCloseTo(1, 12);
  expect(ami([0, 1, 2], [2, 0, 1])).toBe(1);
  expect(ami([4, 4], [0, 0])).toBe(1);
  expect(ami([], [])).toBe(1);
});

test("about 0 by chance, however many clusters", () => {
  const rng = random(3);
  const labels = Array.from({ length: 600 }, () => rng.integer(5));
  for (const k of [2, 10, 100]) {
    const clusters = labels.map(() => rng.integer(k));
    expect(Math.abs(ami(labels, clusters))).toBeLessThan(0.02);
  }
});

test("lists of different lengths are refused", () => {
  expect(() => ami([0, 1], [0])).toThrow(/^clusters: expected 2, one an image, found 1/);
});
