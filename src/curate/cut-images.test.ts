import fc from "fast-check";
import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import { ward } from "../groups/ward.ts";
import { cutImages, joinNearest } from "./cut-images.ts";

/** Ward's tree of points on a line, each its own leaf. */
const treeOf = (points: readonly number[]) => ({
  leaves: Int32Array.from(points.keys()),
  merges: ward(Float64Array.from(points), 1),
});
const around = (centre: number, count: number, seed = centre) => {
  const rng = random(seed, count);
  return Array.from({ length: count }, () => centre + rng.normal());
};
const sizesOf = (partOf: Int32Array) => {
  const sizes = new Map<number, number>();
  for (const part of partOf) sizes.set(part, (sizes.get(part) ?? 0) + 1);
  return sizes;
};

test("crumbs are passed over: the cut goes to where a person would make it", () => {
  // Two far images, three farther ones, and two real parts.
  const points = [...around(0, 40), ...around(30, 30), 900, 901, 5000, 5001, 5002];
  const leafOf = Int32Array.from(points.keys());
  const cut = cutImages(treeOf(points), leafOf, 2);
  expect([...cut.slice(70)]).toEqual([-1, -1, -1, -1, -1]);
  expect([...sizesOf(cut.slice(0, 70)).values()].sort()).toEqual([30, 40]);
  const joined = joinNearest(cut, Float32Array.from(points), 1);
  expect([...joined.slice(70)]).toEqual(new Array(5).fill(cut[40]));
  expect([...joined.slice(0, 70)]).toEqual([...cut.slice(0, 70)]);
});

test("where no other cut is possible, crumbs are parts", () => {
  const far = [0, 1e3, 1e6, 1e9];
  expect(new Set(cutImages(treeOf(far), Int32Array.from(far.keys()), 4)).size).toBe(4);
  // All others are copies, on one leaf: there is only this cut.
  const points = [0, 50];
  const leafOf = Int32Array.from({ length: 60 }, (_, i) => (i === 7 ? 1 : 0));
  const cut = cutImages(treeOf(points), leafOf, 2);
  expect([...sizesOf(cut).values()].sort((a, b) => a - b)).toEqual([1, 59]);
  expect(sizesOf(cutImages(treeOf([0]), new Int32Array(5), 3))).toEqual(new Map([[0, 5]]));
});

test("there are as many parts as the plain cut gives, none empty, and no image in two", () => {
  const cases = fc.record({
    leaves: fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 60 }),
    images: fc.array(fc.integer({ min: -1, max: 59 }), { minLength: 1, maxLength: 120 }),
    count: fc.integer({ min: 2, max: 12 }),
  });
  fc.assert(
    fc.property(cases, ({ leaves, images, count }) => {
      const leafOf = Int32Array.from(images, (leaf) => (leaf < leaves.length ? leaf : -1));
      const cut = cutImages(treeOf(leaves), leafOf, count);
      const found = new Set([...cut].filter((part) => part >= 0));
      const distinct = new Set([...leafOf].filter((leaf) => leaf >= 0)).size;
      if (distinct > 0) expect(found.size).toBe(Math.min(count, distinct));
      const joined = joinNearest(cut, Float32Array.from(images), 1);
      if (found.size > 0) expect(new Set(joined)).toEqual(found);
      // Images of one leaf lie in one part.
      leafOf.forEach((leaf, image) => {
        if (leaf >= 0) expect(cut[image]).toBe(cut[leafOf.indexOf(leaf)]);
      });
    }),
  );
});

test("no part is a crumb where the tree has parts of ten", () => {
  const points = [0, 100, 200, 300].flatMap((centre) => around(centre, 25));
  points.push(...around(7000, 3), ...around(9000, 1));
  const cut = cutImages(treeOf(points), Int32Array.from(points.keys()), 4);
  const sizes = [...sizesOf(joinNearest(cut, Float32Array.from(points), 1)).values()];
  expect(sizes.sort((a, b) => a - b)).toEqual([25, 25, 25, 29]);
});
