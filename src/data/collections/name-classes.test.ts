import fc from "fast-check";
import { expect, test } from "vitest";
import { nameClasses } from "./name-classes.ts";

const named = (...pairs: readonly (readonly [coarse: string, fine: string])[]) =>
  nameClasses(pairs.map(([coarse, fine]) => ({ coarse, fine }))).map(({ fine }) => fine);

test("a fine class has its own name where no other coarse class has it", () => {
  expect(named(["cat", "tabby"], ["dog", "pug"], ["cat", "tabby"])).toEqual(["tabby", "pug", "tabby"]);
  expect(named(["cat", "other"], ["dog", "other"], ["dog", "pug"])).toEqual(["cat/other", "dog/other", "pug"]);
});

test("all have the longer name where the shorter one of some is another's", () => {
  expect(named(["shoes", "boots"], ["bags", "boots"], ["old", "shoes/boots"])).toEqual([
    "shoes/boots",
    "bags/boots",
    "old/shoes/boots",
  ]);
});

test("slashes within names make no two alike", () => {
  expect(named(["a", "b/c"], ["a/b", "c"])).toEqual(["b/c", "c"]);
  expect(named(["a", "b/c"], ["a/b", "c"], ["x", "c"], ["x", "b/c"])).toEqual([
    '"a"/"b/c"',
    '"a/b"/"c"',
    '"x"/"c"',
    '"x"/"b/c"',
  ]);
});

test("names are in NFC, and two spellings of one are one class", () => {
  const files = [
    { coarse: "caf\u00e9", fine: "cre\u0300me" },
    { coarse: "cafe\u0301", fine: "cr\u00e8me" },
  ];
  expect(nameClasses(files)).toEqual(Array(2).fill({ coarse: "caf\u00e9", fine: "cr\u00e8me" }));
});

test("images without fine labels keep none, and what needs no other name is not copied", () => {
  const files = [
    { coarse: "a", fine: undefined },
    { coarse: "", fine: undefined },
  ];
  expect(nameClasses(files).every((file, i) => file === files[i])).toBe(true);
});

test("two images have one fine class where both labels are alike, and only there", () => {
  const label = fc.string({ unit: fc.constantFrom("a", "b", "/", '"'), minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(fc.record({ coarse: label, fine: label })), (files) => {
      const names = new Map<string, string>();
      for (const [i, { fine }] of nameClasses(files).entries()) {
        const pair = JSON.stringify([files[i]!.coarse, files[i]!.fine]);
        expect(names.get(fine!) ?? pair).toBe(pair);
        names.set(fine!, pair);
      }
      expect(names.size).toBe(new Set(files.map(({ coarse, fine }) => JSON.stringify([coarse, fine]))).size);
    }),
    { numRuns: 2000 },
  );
});
