import { expect, it } from "vitest";
import { stepsOf } from "./length.ts";
import { resolveConfig } from "./resolve.ts";

it("is as many steps as asked for, else whole epochs, of at least so many steps", () => {
  expect(stepsOf({ epochs: 20 }, 7)).toBe(140);
  expect(stepsOf({ epochs: 20, leastSteps: 500 }, 7)).toBe(72 * 7);
  expect(stepsOf({ epochs: 20, leastSteps: 500 }, 100)).toBe(2000);
  expect(stepsOf({ epochs: 20, leastSteps: 500, steps: 3 }, 7)).toBe(3);
  expect(stepsOf({ epochs: 20, leastSteps: 500 }, 0)).toBe(0);
});

it("yields to a length that somebody gives", () => {
  const least = (flags: object) => resolveConfig({ flags: { preset: "start", ...flags } }).leastSteps;
  expect([least({}), least({ epochs: 30 }), least({ steps: 30 }), least({ epochs: 30, leastSteps: 9 })]).toEqual([
    500, 0, 0, 9,
  ]);
  const values = { ...resolveConfig({ flags: { preset: "start" } }) };
  expect(resolveConfig({ file: { path: "config.json", values } })).toEqual(values);
});
