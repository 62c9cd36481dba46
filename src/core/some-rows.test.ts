import fc from "fast-check";
import { expect, test } from "vitest";
import { evenlySpaced, onePerStretch } from "./some-rows.ts";

test.each([evenlySpaced, onePerStretch])(
  "%o gives different numbers below n, rising, all where there are few",
  (some) => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 100 }), (n, most) => {
        const rows = some(n, most);
        expect(rows).toHaveLength(Math.min(n, most));
        rows.forEach((row, i) => {
          expect(row).toBeGreaterThanOrEqual(Math.floor((i * n) / rows.length));
          expect(row).toBeLessThan(((i + 1) * n) / rows.length);
        });
        if (n <= most) expect(rows).toEqual([...Array(n).keys()]);
      }),
    );
  },
);

test("one number of each stretch meets every class, also where classes alternate", () => {
  for (const classes of [2, 3, 10]) {
    const counts = new Array<number>(classes).fill(0);
    for (const row of onePerStretch(1000 * classes, 1000)) counts[row % classes]!++;
    for (const count of counts) expect(count / (1000 / classes)).toBeCloseTo(1, 0);
  }
});
