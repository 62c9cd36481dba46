import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { learningRate, scheduleOf } from "./schedule.ts";

const golden = JSON.parse(readFileSync(new URL("../../test/golden/trajectories.json", import.meta.url), "utf8"))
  .schedule as {
  base_lr: number;
  warm_up: number;
  epochs: number;
  iterations_per_epoch: number;
  points: { epoch: number; iteration: number; lr: number }[];
};

describe("learningRate", () => {
  const per = golden.iterations_per_epoch;
  const schedule = scheduleOf(
    { learningRate: golden.base_lr, epochs: golden.epochs, warmupEpochs: golden.warm_up },
    per,
  );

  it.each(golden.points)("is the official code's at epoch $epoch, iteration $iteration", ({ epoch, iteration, lr }) => {
    expect(Math.abs(learningRate(schedule, epoch * per + iteration) - lr)).toBeLessThan(1e-9 * golden.base_lr + 1e-12);
  });

  it("counts a run in steps where it is given so, with 5% of warm-up", () => {
    const schedule = scheduleOf({ learningRate: 1, epochs: 12, steps: 800 }, 400);
    expect(schedule).toEqual({ base: 1, warmupSteps: 40, totalSteps: 800 });
    expect(learningRate(schedule, 40)).toBe(1);
    expect(learningRate(schedule, 420)).toBeCloseTo(0.5);
    expect(learningRate(schedule, 800)).toBeCloseTo(0);
  });

  it("starts at its peak without a warm-up and stays finite where the warm-up outlasts the run", () => {
    expect(learningRate({ base: 2, warmupSteps: 0, totalSteps: 1 }, 0)).toBe(2);
    expect(learningRate({ base: 2, warmupSteps: 10, totalSteps: 5 }, 4)).toBeCloseTo(0.8);
  });
});
