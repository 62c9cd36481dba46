import fc from "fast-check";
import { expect, it } from "vitest";
import { gridKey, visibleRows } from "./grid-layout.ts";

it("holds every cell in sight, and few others", () => {
  fc.assert(
    fc.property(
      fc.record({ columns: fc.integer({ min: 1, max: 20 }), count: fc.nat(5000), top: fc.nat(50_000) }),
      fc.integer({ min: 1, max: 2000 }),
      ({ columns, count, top }, high) => {
        const height = 130;
        const { first, last, height: all } = visibleRows({ columns, count, height }, { top, height: high, spare: 2 });
        const inSight = Array.from({ length: count }, (_, i) => i).filter((i) => {
          const y = Math.floor(i / columns) * height;
          return y < top + high && y + height > top;
        });
        for (const i of inSight) expect(i >= first && i < last).toBe(true);
        expect(last - first).toBeLessThanOrEqual((Math.ceil(high / height) + 6) * columns);
        expect(all).toBe(Math.ceil(count / columns) * height);
      },
    ),
  );
});

it("moves the cursor and never out of the list", () => {
  const at = { columns: 5, count: 23, page: 3 };
  expect(gridKey("ArrowRight", 4, at)).toBe(5);
  expect(gridKey("ArrowDown", 4, at)).toBe(9);
  expect(gridKey("ArrowDown", 21, at)).toBe(22);
  expect(gridKey("ArrowUp", 2, at)).toBe(0);
  expect(gridKey("PageDown", 1, at)).toBe(16);
  expect(gridKey("End", 1, at)).toBe(22);
  expect(gridKey("Home", 9, at)).toBe(0);
  expect(gridKey("x", 9, at)).toBeUndefined();
});
