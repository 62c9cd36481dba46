import fc from "fast-check";
import { expect, test } from "vitest";
import { hash } from "../../core/index.ts";
import { rankOf, splitFiles } from "./split.ts";

const labelled = (id: string, coarse: string) => ({ file: id, id, coarse, fine: undefined, split: undefined });

test("the rank of an image is the hash of seed and name", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.integer(), (id, seed) => {
      expect(rankOf(id, seed)).toBe(hash(seed, ...Buffer.from(id)));
    }),
  );
});

test("a name of any length is split", () => {
  const files = ["a", "b".repeat(2 ** 20), "c", "d"].map((id, i) => labelled(id, i < 2 ? "x" : "y"));
  const { train, test } = splitFiles(files);
  expect([train.length, test.length]).toEqual([2, 2]);
});

test.each([
  [1, 0],
  [2, 1],
  [3, 1],
  [4, 2],
  [14, 2],
  [50, 5],
])("of a class of %i images, %i are held out", (count, held) => {
  const files = Array.from({ length: count }, (_, i) => labelled(`${i}`, "x"));
  const { train, test } = splitFiles(files);
  expect([train.length, test.length]).toEqual([count - held, held]);
});
