import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linearScale, logScale, type Scale } from "./scale.ts";

const number = fc.oneof(
  fc.double({ min: -1e300, max: 1e300, noNaN: true }),
  fc.integer({ min: -1000, max: 1000 }),
  fc.double({ min: -2, max: 2, noNaN: true }),
  fc.constantFrom(0, 5e-324, -5e-324, 1e300, -1e300, 1e15, 1e15 + 1),
);

function checkTicks({ at, ticks }: Scale, room: number) {
  expect(ticks.length).toBeGreaterThan(0);
  expect(ticks.length).toBeLessThanOrEqual(3 * room + 3);
  ticks.forEach((tick, i) => {
    expect(at(tick)).toBeGreaterThanOrEqual(-1e-6);
    expect(at(tick)).toBeLessThanOrEqual(1 + 1e-6);
    if (i > 0) expect(at(tick)).toBeGreaterThan(at(ticks[i - 1]!));
  });
}

describe("a linear scale", () => {
  it("has room for any values, in their order, with some ticks at round numbers", () => {
    fc.assert(
      fc.property(fc.array(number), fc.integer({ min: 1, max: 12 }), fc.boolean(), (values, room, roundEnds) => {
        const scale = linearScale(values, { room, roundEnds });
        for (const value of values) {
          expect(scale.at(value)).toBeGreaterThanOrEqual(-1e-6);
          expect(scale.at(value)).toBeLessThanOrEqual(1 + 1e-6);
        }
        if (roundEnds || room > 2) checkTicks(scale, room);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [[0, 0.001], 5, [0, 0.0002, 0.0004, 0.0006, 0.0008, 0.001]],
    [[0.3, 0.9], 6, [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]],
    [[-3, 96], 5, [-20, 0, 20, 40, 60, 80, 100]],
    [[7], 4, [6, 6.5, 7, 7.5, 8]],
    [[], 2, [0, 0.5, 1]],
  ])("of %j with room for %i", (values, room, ticks) => {
    expect(linearScale(values, { room, roundEnds: true }).ticks).toEqual(ticks);
  });

  it("keeps ends that are given, and ends with the values where no round ones are wanted", () => {
    expect(linearScale([3, 47], { room: 5, min: 0, max: 100, roundEnds: true }).at(50)).toBe(0.5);
    const tight = linearScale([0, 0.9677], { room: 5 });
    expect(tight.at(0.9677)).toBe(1);
    expect(tight.ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
  });
});

describe("a logarithmic scale", () => {
  it("has room for any values above 0", () => {
    const positive = fc.oneof(
      fc.double({ min: 1e-289, max: 1e300, noNaN: true }),
      fc.double({ min: 0.01, max: 10, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(positive), fc.integer({ min: 3, max: 12 }), (values, room) => {
        const scale = logScale(values, { room });
        for (const value of values) {
          expect(scale.at(value)).toBeGreaterThanOrEqual(-1e-6);
          expect(scale.at(value)).toBeLessThanOrEqual(1 + 1e-6);
        }
        checkTicks(scale, room);
      }),
      { numRuns: 2000 },
    );
  });

  it("has ticks at 1, 2 and 5, of many decades at powers alone, of less than one where numbers are round", () => {
    expect(logScale([0.01, 1], { room: 9 }).ticks).toEqual([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]);
    expect(logScale([1, 1e6], { room: 7 }).ticks).toEqual([1, 10, 100, 1e3, 1e4, 1e5, 1e6]);
    expect(logScale([6, 8], { room: 4 }).ticks).toEqual([6, 6.5, 7, 7.5, 8]);
  });
});
