import { describe, expect, it } from "vitest";
import type { RunNews } from "../../protocol.ts";
import { addressOf } from "../address.ts";
import { differingSettings, valueAt, withNews } from "./followed-run.ts";

const news = (more: Partial<RunNews>): RunNews => ({
  ...{ name: "a", life: 1, tick: 1, settings: null, step: 1, steps: null, stepsPerEpoch: null },
  ...{ state: "training", left: 0, problems: [], curves: [], ...more },
});
const loss = (from: number, steps: number[], values: number[]) => [{ curve: "loss", from, steps, values }];

describe("withNews", () => {
  it("replaces points from a step on, and keeps the settings", () => {
    const first = withNews(undefined, news({ settings: { seed: "1" }, curves: loss(0, [1, 2, 3], [9, 8, 7]) }));
    const next = withNews(first, news({ step: 5, curves: loss(2, [3, 5], [6, 4]) }));
    expect(next.curves.get("loss")).toEqual({ steps: [1, 3, 5], values: [9, 6, 4] });
    expect(next).toMatchObject({ settings: { seed: "1" }, step: 5 });
    expect(first.curves.get("loss")!.steps).toEqual([1, 2, 3]);
  });

  it("forgets everything of an earlier life", () => {
    const first = withNews(undefined, news({ curves: loss(0, [1, 2], [9, 8]) }));
    const next = withNews(first, news({ life: 2, settings: { seed: "2" }, curves: loss(0, [1], [5]) }));
    expect(next.curves.get("loss")).toEqual({ steps: [1], values: [5] });
    expect(withNews(first, news({ life: 3 })).curves.size).toBe(0);
  });
});

it("gives the last value at a step or before it", () => {
  const at = (x: number) => valueAt([2, 4, 8], [20, 40, 80], x);
  expect([1, 2, 3, 4, 7, 8, 99].map(at)).toEqual([undefined, 20, 20, 40, 40, 80, 80]);
});

it("lists the settings that differ", () => {
  const runs = [{ settings: { seed: "1", epochs: "3", method: "maskcon" } }, { settings: { seed: "2", epochs: "3" } }];
  expect(differingSettings(runs)).toEqual([
    { name: "seed", values: ["1", "2"] },
    { name: "method", values: ["maskcon", undefined] },
  ]);
  expect(differingSettings(runs.slice(1))).toEqual([]);
});

it("reads the page and what it shows from the address", () => {
  expect(addressOf("#runs=a%2Cb=c")).toEqual({ page: "runs", value: "a,b=c" });
  expect(addressOf("#gallery")).toEqual({ page: "gallery", value: undefined });
  expect(addressOf("#runs=%")).toEqual({ page: "runs", value: "%" });
});
