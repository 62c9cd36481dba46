import { expect, it } from "vitest";
import { fitted, panned, toPage, toPlane, zoomed } from "./viewport.ts";

const whole = fitted({ left: -10, top: -5, right: 10, bottom: 15 }, 800, 600);

it("sees the whole box, in the middle", () => {
  expect(toPage(whole, 0, 5)).toEqual({ x: 400, y: 300 });
  for (const [x, y] of [
    [-10, -5],
    [10, 15],
  ] as const) {
    const at = toPage(whole, x, y);
    expect(at.x >= 0 && at.x <= 800 && at.y >= 0 && at.y <= 600).toBe(true);
  }
  // One point, or none.
  expect(fitted({ left: 3, top: 3, right: 3, bottom: 3 }, 800, 600)).toMatchObject({ x: 3, y: 3, scale: 1 });
});

it("keeps what lies under the pointer there, near and far", () => {
  let view = panned(whole, 30, -20);
  for (const factor of [3, 100, 0.5, 1e9, 1e-9]) {
    const at = { x: 123, y: 456 };
    const under = toPlane(view, at.x, at.y);
    view = zoomed(view, factor, at, whole);
    const now = toPage(view, under.x, under.y);
    expect(now.x).toBeCloseTo(at.x, 6);
    expect(now.y).toBeCloseTo(at.y, 6);
    expect(view.scale).toBeGreaterThanOrEqual(whole.scale / 2);
    expect(view.scale).toBeLessThanOrEqual(whole.scale * 4000);
  }
});

it("pans by pixels", () => {
  const before = toPage(whole, 1, 2);
  const after = toPage(panned(whole, 30, -20), 1, 2);
  expect([after.x - before.x, after.y - before.y].map(Math.round)).toEqual([30, -20]);
});
