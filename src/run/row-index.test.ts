import fc from "fast-check";
import { expect, it } from "vitest";
import { indexRows } from "./row-index.ts";

const rowsOfThree = fc.array(fc.tuple(fc.nat(2), fc.nat(2), fc.nat(1000)), { maxLength: 40 });

it("finds every row once, the first that is left, by as many words as count", () => {
  fc.assert(
    fc.property(rowsOfThree, rowsOfThree, fc.boolean(), (within, asked, some) => {
      const places = some ? [...within.keys()].filter((i) => i % 3 !== 1) : [...within.keys()];
      const rows = Int32Array.from(within.flat());
      const index = indexRows(rows, { stride: 3, words: 2 }, some ? Int32Array.from(places) : undefined);
      const left = new Set(places);
      const of = Int32Array.from(asked.flat());
      for (const [i, [a, b]] of asked.entries()) {
        const place = [...left].find((place) => within[place]![0] === a && within[place]![1] === b) ?? -1;
        left.delete(place);
        expect(index.take(of, i)).toBe(place);
      }
    }),
  );
});

it("takes its time for a million rows, also where they are all the same", () => {
  for (const value of [(i: number) => Math.imul(i, 0x9e3779b1), () => 7]) {
    const rows = Int32Array.from({ length: 2 ** 20 }, (_, i) => value(i));
    const start = performance.now();
    const index = indexRows(rows, { stride: 1, words: 1 });
    for (let i = 0; i < rows.length; i++) if (index.take(rows, i) !== i) throw new Error(`row ${i}`);
    expect(performance.now() - start).toBeLessThan(20_000);
  }
});
