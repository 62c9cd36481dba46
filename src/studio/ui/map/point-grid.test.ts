import fc from "fast-check";
import { expect, it } from "vitest";
import { eachIn, nearestPoint, pointGrid } from "./point-grid.ts";

const number = fc.oneof(
  fc.integer({ min: -8, max: 8 }),
  fc.float({ min: -8, max: 8, noNaN: true }),
  fc.constant(Number.NaN),
);
const points = fc.array(fc.tuple(number, number), { maxLength: 80 });

it("finds the nearest point as a loop does; of equal ones the last", () => {
  const shown = (point: number) => point % 5 !== 0;
  fc.assert(
    fc.property(points, number, number, fc.float({ min: 0, max: 20, noNaN: true }), (list, x, y, radius) => {
      fc.pre(!Number.isNaN(x) && !Number.isNaN(y));
      const grid = pointGrid(Float32Array.from(list.flat()));
      let [best, least] = [-1, radius * radius];
      list.forEach((_, i) => {
        const [right, down] = [grid.places[2 * i]! - x, grid.places[2 * i + 1]! - y];
        const isIn = Math.abs(right) <= radius && Math.abs(down) <= radius;
        const distance = right * right + down * down;
        if (shown(i) && isIn && distance <= least) [best, least] = [i, distance];
      });
      expect(nearestPoint(grid, { x, y }, radius, shown)).toBe(best);
    }),
    { numRuns: 500 },
  );
});

it("visits the points of a box once each, until it is told to stop", () => {
  fc.assert(
    fc.property(points, fc.tuple(number, number, number, number), (list, [a, b, c, d]) => {
      fc.pre([a, b, c, d].every(Number.isFinite));
      const box = { left: Math.min(a, b), right: Math.max(a, b), top: Math.min(c, d), bottom: Math.max(c, d) };
      const grid = pointGrid(Float32Array.from(list.flat()));
      const seen: number[] = [];
      eachIn(grid, box, (point) => void seen.push(point) as undefined);
      const expected = list.flatMap((_, i) => {
        const [x, y] = [grid.places[2 * i]!, grid.places[2 * i + 1]!];
        return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom ? [i] : [];
      });
      expect(seen.sort((first, second) => first - second)).toEqual(expected);
      let count = 0;
      eachIn(grid, box, () => ++count < 2);
      expect(count).toBe(Math.min(2, expected.length));
    }),
  );
});

it("has few cells, whatever the shape of the points", () => {
  for (const place of [
    (i: number) => [i, 0],
    (i: number) => [0, i],
    (i: number) => [i * 1e-30, i * 1e30],
    () => [3, 3],
  ]) {
    const places = Float32Array.from(Array.from({ length: 5000 }, (_, i) => place(i)).flat());
    const { columns, rows, order, starts } = pointGrid(places);
    expect(columns * rows).toBeLessThan(5000);
    expect(order.length).toBe(5000);
    expect(starts.at(-1)).toBe(5000);
  }
});
