import fc from "fast-check";
import { expect, it } from "vitest";
import { gridKey, topWithCell, turnedPage, visibleRows } from "./grid-layout.ts";

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

it("brings any of millions of cells into sight, in a box that Chromium does not cut", () => {
  const layout = fc.record({ columns: fc.integer({ min: 1, max: 12 }), count: fc.integer({ min: 1, max: 5_000_000 }) });
  fc.assert(
    fc.property(
      ...[layout, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })],
      fc.integer({ min: 200, max: 2000 }),
      ({ columns, count }, from, to, height) => {
        const rows = { columns, count, height: 130 };
        const whole = visibleRows(rows, { top: 0, height, spare: 0 }).height;
        expect(whole).toBeLessThan(2 ** 25);
        const index = Math.floor(to * (count - 1));
        const before = from * Math.max(0, whole - height);
        const top = topWithCell(rows, { top: before, height }, index);
        expect(top).toBeGreaterThanOrEqual(0);
        expect(top).toBeLessThanOrEqual(Math.max(0, whole - height) + 0.01);
        const { first, last, shift } = visibleRows(rows, { top, height, spare: 0 });
        expect(index >= first && index < last).toBe(true);
        const place = Math.floor(index / columns) * 130 - shift - top;
        expect(place).toBeGreaterThan(-1);
        expect(place + 130).toBeLessThan(height + 1);
        // No further than that.
        expect(topWithCell(rows, { top, height }, index)).toBeCloseTo(top, 2);
      },
    ),
  );
});

it("stands where it was as long as the box can be so high", () => {
  const { height, shift } = visibleRows({ columns: 10, count: 240, height: 130 }, { top: 700, height: 500, spare: 0 });
  expect([height, shift]).toEqual([24 * 130, 0]);
});

it("turns the page by whole rows: none is left out, and the way back leads to the same", () => {
  fc.assert(
    fc.property(
      fc.record({ columns: fc.integer({ min: 1, max: 12 }), count: fc.integer({ min: 1, max: 5_000_000 }) }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 300, max: 2000 }),
      ({ columns, count }, from, height) => {
        const rows = { columns, count, height: 130 };
        const whole = visibleRows(rows, { top: 0, height, spare: 0 }).height;
        const box = { top: Math.round(from * Math.max(0, whole - height)), height };
        // As it is drawn.
        const topOf = (top: number) => top + visibleRows(rows, { top, height, spare: 0 }).shift;
        const next = turnedPage(rows, box, 1);
        const row = Math.round(topOf(next.top) / 130);
        expect(Math.abs(topOf(next.top) - 130 * row)).toBeLessThan(2);
        // The row is not below what was in sight, and was not whole, up to a scrolled pixel.
        const slack = 24;
        const edge = topOf(box.top) + height;
        expect(130 * row).toBeLessThan(edge + slack);
        expect(130 * (row + 1)).toBeGreaterThan(edge - slack);
        const back = turnedPage(rows, { top: next.top, height }, -1);
        const first = Math.round(topOf(back.top) / 130);
        expect(130 * (row - first)).toBeLessThan(height + slack);
        if (first > 0) expect(130 * (row - first + 1)).toBeGreaterThan(height - slack);
        expect(turnedPage(rows, { top: back.top, height }, 1).rows).toBe(back.rows);
      },
    ),
  );
});

it("turns four whole rows of four and a half, and moves the cursor by as many", () => {
  const layout = { columns: 5, count: 200, height: 100 };
  expect(turnedPage(layout, { top: 0, height: 450 }, 1)).toEqual({ top: 400, rows: 4 });
  expect(turnedPage(layout, { top: 400, height: 450 }, -1)).toEqual({ top: 0, rows: 4 });
  // An arrow brought the fifth row into sight.
  expect(turnedPage(layout, { top: 50, height: 450 }, 1)).toEqual({ top: 500, rows: 4 });
  expect(turnedPage(layout, { top: 50, height: 450 }, -1)).toEqual({ top: 0, rows: 4 });
});
