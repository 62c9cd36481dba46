import { expect, it } from "vitest";
import { advance, freshPosition } from "../run/position.ts";
import { evaluationDue, saveDue } from "./due.ts";

const config = { epochs: 6, evalEvery: 2, encoder: "query" as const, checkpointEvery: 3, checkpointMinutes: 5 };
const at = (step: number, evaluated = -1) => ({ ...advance(freshPosition, step, 10), evaluated });

it("evaluates at the start, every n epochs and at the end, once each", () => {
  const due = Array.from({ length: 56 }, (_, step) => step).filter((step) =>
    evaluationDue(config, { totalSteps: 55 }, at(step)),
  );
  expect(due).toEqual([0, 20, 40, 55]);
  expect(evaluationDue(config, { totalSteps: 55 }, at(20, 20))).toBe(false);
  expect(evaluationDue({ ...config, evalEvery: 0 }, { totalSteps: 55 }, at(20))).toBe(false);
  expect(evaluationDue({ ...config, encoder: "average" }, { totalSteps: 55 }, at(55, 55))).toBe(true);
  expect(
    evaluationDue({ ...config, encoder: "average" }, { totalSteps: 55 }, { ...at(55, 55), encoder: "average" }),
  ).toBe(false);
});

it("evaluates a run that takes more epochs for its least number of steps as often", () => {
  const longer = { totalSteps: 240, totalEpochs: 24 };
  const due = Array.from({ length: 241 }, (_, step) => step).filter((step) => evaluationDue(config, longer, at(step)));
  expect(due).toEqual([0, 80, 160, 240]);
});

it("writes a checkpoint every n minutes, at kept epochs, and at others where it is cheap", () => {
  const clock = { saved: 0, elapsedMs: 1000, saveMs: 100 };
  expect(saveDue(config, at(7), clock)).toBe(false);
  expect(saveDue(config, at(7), { ...clock, elapsedMs: 300_000 })).toBe(true);
  expect(saveDue(config, at(10), clock)).toBe(false);
  expect(saveDue(config, at(10), { ...clock, elapsedMs: 2000 })).toBe(true);
  expect(saveDue(config, at(30), clock)).toBe(true);
  expect(saveDue(config, at(30), { ...clock, saved: 30 })).toBe(false);
});
