import fc from "fast-check";
import { expect, test } from "vitest";
import { MaskconError } from "../core/index.ts";
import { formatIds, listIds, parseIds } from "./id-ranges.ts";

const expand = (text: string) => listIds(text, 1001, "here");

test("ids come back, each once and in order", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1000 })), (ids) => {
      expect(expand(formatIds(ids))).toEqual([...new Set(ids)].sort((a, b) => a - b));
    }),
  );
  expect(formatIds(Array.from({ length: 100_000 }, (_, i) => i + 1))).toBe("1-100000");
});

test.each(["0", "5-3", "3,3", "1-1001", "1,", "x", "1 -2", "-1", "1-2-3", "99999999999"])("%s is refused", (text) => {
  expect(() => parseIds(text, 1001, "here")).toThrow(MaskconError);
  expect(() => parseIds(text, 1001, "here")).toThrow(/^here: expected ascending ids below 1001/);
});

test("a range that no memory could list is refused", () => {
  expect(() => listIds("1-1000000000", 2 ** 31 - 2, "here", "usage")).toThrow(/^here: expected at most 16777216 ids/);
  expect(parseIds("1-1000000000", 2 ** 31 - 2, "here")).toEqual([[1, 1_000_000_000]]);
});
