import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CurveEnd, thinCurve } from "./thin-curve.ts";

/** What the page does with an end. */
function replaced(points: readonly (readonly [number, number])[], end: CurveEnd | undefined) {
  if (!end) return points;
  const fresh = end.steps.map((step, i) => [step, end.values[i]!] as const);
  return [...points.filter(([step]) => step < end.from), ...fresh];
}

describe("thinCurve", () => {
  it("keeps every point while there are few", () => {
    const curve = thinCurve();
    for (let step = 1; step <= 500; step++) curve.add(step, step % 7, step);
    expect(curve.since(0)).toEqual({
      from: 0,
      steps: Array.from({ length: 500 }, (_, i) => i + 1),
      values: Array.from({ length: 500 }, (_, i) => (i + 1) % 7),
    });
  });

  it("keeps a spike and a dip of a million points, the first and the last one", () => {
    const curve = thinCurve();
    const special = new Map([
      [123_457, 9],
      [765_432, -9],
    ]);
    for (let step = 1; step <= 1e6; step++) curve.add(step, special.get(step) ?? Math.sin(step), 1);
    const { steps, values } = curve.since(0)!;
    expect(steps.length).toBeLessThanOrEqual(1002);
    expect(steps.length).toBeGreaterThan(400);
    for (const [step, value] of special) expect(values[steps.indexOf(step)]).toBe(value);
    expect([steps[0], values[0]]).toEqual([1, Math.sin(1)]);
    expect([steps.at(-1), values.at(-1)]).toEqual([1e6, Math.sin(1e6)]);
  });

  it("gives by its ends what it gives as a whole, whenever one asks", () => {
    const values = fc.array(fc.double({ noNaN: true, min: -9, max: 9 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(values, fc.array(fc.boolean(), { minLength: 300, maxLength: 300 }), (list, asks) => {
        const curve = thinCurve(6);
        let points: readonly (readonly [number, number])[] = [];
        let seen = 0;
        for (const [i, value] of list.entries()) {
          curve.add(3 * i + 1, value, i + 1);
          if (!asks[i]) continue;
          points = replaced(points, curve.since(seen));
          seen = i + 1;
          expect(points).toEqual(replaced([], curve.since(0)));
          expect(points.length).toBeLessThanOrEqual(14);
        }
        const reached = list.slice(0, seen);
        if (reached.length === 0) return;
        expect(Math.min(...points.map(([, v]) => v))).toBe(Math.min(...reached));
        expect(Math.max(...points.map(([, v]) => v))).toBe(Math.max(...reached));
        expect(curve.since(list.length)).toBeUndefined();
      }),
    );
  });

  it("takes no step twice, and none that goes back", () => {
    const curve = thinCurve();
    expect([curve.add(5, 1, 1), curve.add(5, 2, 2), curve.add(4, 3, 3)]).toEqual([true, false, false]);
    expect(curve.since(1)).toBeUndefined();
  });
});
