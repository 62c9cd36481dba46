import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { insidePolygon, pointsInside } from "./lasso.ts";
import { pointGrid } from "./point-grid.ts";

const all = () => true;
const polygonOf = (...corners: readonly (readonly [number, number])[]) => Float64Array.from(corners.flat());
const square = polygonOf([0, 0], [4, 0], [4, 4], [0, 4]);

/** The even-odd rule with whole numbers alone, which nothing rounds; an upper end belongs to an edge. */
function insideExactly(x: number, y: number, corners: readonly (readonly [number, number])[]): boolean {
  let crossings = 0;
  corners.forEach(([x1, y1], i) => {
    const [x2, y2] = corners[(i + 1) % corners.length]!;
    if (y1 > y === y2 > y) return;
    // x < x1 + (x2 - x1)(y - y1) / (y2 - y1), multiplied out.
    const [left, right] = [(x - x1) * (y2 - y1), (x2 - x1) * (y - y1)];
    if (y2 > y1 ? left < right : left > right) crossings++;
  });
  return crossings % 2 === 1;
}

const found = (places: Float32Array, polygon: Float64Array) => [...pointsInside(pointGrid(places), polygon, all)];
const byLoop = (places: Float32Array, polygon: Float64Array) =>
  [...Array(places.length / 2).keys()].filter((i) => insidePolygon(places[2 * i]!, places[2 * i + 1]!, polygon));

describe("a lasso", () => {
  it("has its left and its upper edge, and neither of the others", () => {
    const at = ([x, y]: readonly [number, number]) => insidePolygon(x, y, square);
    for (const place of [
      [0, 0],
      [2, 0],
      [0, 2],
      [2, 2],
      [3.999, 3.999],
    ] as const)
      expect(at(place)).toBe(true);
    for (const place of [
      [4, 2],
      [2, 4],
      [4, 4],
      [4, 0],
      [0, 4],
      [-1, 2],
      [5, 2],
      [2, -1],
    ] as const) {
      expect(at(place)).toBe(false);
    }
  });

  it("two lassos that share an edge share no point and leave none out", () => {
    const [left, right] = [polygonOf([0, 0], [4, 0], [1, 4]), polygonOf([4, 0], [5, 5], [1, 4])];
    for (let x = 0; x <= 5; x += 0.25) {
      for (let y = 0; y <= 5; y += 0.25) expect(insidePolygon(x, y, left) && insidePolygon(x, y, right)).toBe(false);
    }
    // On the shared edge: of exactly one.
    for (const [x, y] of [
      [2.5, 2],
      [3.25, 1],
      [1.75, 3],
    ] as const) {
      expect(Number(insidePolygon(x, y, left)) + Number(insidePolygon(x, y, right))).toBe(1);
    }
  });

  it("leaves out what is encircled twice", () => {
    const twice = polygonOf([0, 0], [6, 0], [6, 6], [0, 6], [0, 0], [2, 2], [2, 4], [4, 4], [4, 2], [2, 2]);
    expect([insidePolygon(1, 1, twice), insidePolygon(3, 3, twice)]).toEqual([true, false]);
  });

  it("finds what whole numbers say: corners, edges, crossings and points in one place among them", () => {
    const small = fc.integer({ min: -6, max: 6 });
    const place = fc.tuple(small, small);
    fc.assert(
      fc.property(
        fc.array(place, { maxLength: 12 }),
        fc.array(place, { minLength: 1, maxLength: 60 }),
        (corners, points) => {
          const places = Float32Array.from(points.flat());
          const expected = points.flatMap(([x, y], i) => (insideExactly(x, y, corners) ? [i] : []));
          expect(found(places, polygonOf(...corners))).toEqual(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("finds what a loop over all points finds, whatever their numbers", () => {
    const number = fc.oneof(
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      fc.float({ min: -10, max: 10, noNaN: true }),
      fc.constantFrom(0, -0, 1e-40, 1, Number.NaN, Number.POSITIVE_INFINITY),
    );
    const corner = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(number, { maxLength: 400 }),
        fc.array(fc.oneof(corner, fc.double({ min: -10, max: 10, noNaN: true })), { maxLength: 40 }),
        (values, numbers) => {
          const places = Float32Array.from(values.slice(0, values.length & ~1));
          const polygon = Float64Array.from(numbers.slice(0, numbers.length & ~1));
          const isPlaced = (i: number) => Number.isFinite(places[2 * i]) && Number.isFinite(places[2 * i + 1]);
          expect(found(places, polygon)).toEqual(byLoop(places, polygon).filter(isPlaced));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("a scribble over many points: as the loop, corners on points", () => {
    let seed = 7;
    const next = () => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return seed / 2 ** 32;
    };
    const places = Float32Array.from({ length: 20_000 }, () => 10 * (next() + next() + next()));
    const corners = Float64Array.from({ length: 400 }, (_, i) => (i % 7 ? 30 * next() : places[i]!));
    expect(found(places, corners)).toEqual(byLoop(places, corners));
    expect(found(places, corners).length).toBeGreaterThan(1000);
  });

  it("leaves out points that are not shown", () => {
    const places = Float32Array.from([1, 1, 2, 2, 3, 3]);
    expect([...pointsInside(pointGrid(places), square, (point) => point !== 1)]).toEqual([0, 2]);
  });
});
