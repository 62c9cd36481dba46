import { describe, expect, it } from "vitest";
import { averageRate, changingSettings, settingsAt } from "./settings.ts";

const fixed = { softWeight: 1, softTemperature: 0.5, coarseWeight: 0 } as const;
const none = { softWeightEnd: undefined, softTemperatureEnd: undefined, coarseWeightEnd: undefined };

describe("settings that change during a run", () => {
  it("are those with an end", () => {
    expect(changingSettings({ ...fixed, ...none })).toEqual([]);
    expect(changingSettings({ ...fixed, ...none, coarseWeightEnd: 0 })).toEqual(["coarseWeight"]);
  });

  it("go from the first value to the last: weights evenly, the temperature by equal ratios", () => {
    const config = { ...fixed, softWeightEnd: 0, softTemperatureEnd: 0.005, coarseWeightEnd: 2 };
    expect(settingsAt(config, 0, 101)).toEqual({ softWeight: 1, softTemperature: 0.5, coarseWeight: 0 });
    const middle = settingsAt(config, 50, 101);
    expect(middle.softWeight).toBeCloseTo(0.5, 12);
    expect(middle.softTemperature).toBeCloseTo(0.05, 12);
    expect(middle.coarseWeight).toBeCloseTo(1, 12);
    const last = settingsAt(config, 100, 101);
    expect(last.softTemperature).toBeCloseTo(0.005, 12);
    expect(last).toMatchObject({ softWeight: 0, coarseWeight: 2 });
    expect(settingsAt(config, 0, 1)).toMatchObject({ softWeight: 0, coarseWeight: 2 });
  });
});

describe("the average of the last weights", () => {
  it("is the plain mean over the window's steps", () => {
    const at = { totalSteps: 10, stepsPerEpoch: 4 };
    const weights = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
    let average = 100;
    weights.forEach((weight, step) => {
      average += averageRate({ averageEpochs: 1 }, step, at) * (weight - average);
    });
    expect(average).toBeCloseTo((2 + 6 + 5 + 3) / 4, 12);
    expect(averageRate({ averageEpochs: 2 }, 1, at)).toBe(1);
    expect(averageRate({ averageEpochs: 0.01 }, 9, at)).toBe(1);
    expect(averageRate({ averageEpochs: 99 }, 0, at)).toBe(1);
  });
});
