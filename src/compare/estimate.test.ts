import { expect, it } from "vitest";
import { resolveConfig } from "../config/index.ts";
import type { StartEvent } from "../run/index.ts";
import type { Cell } from "./cells.ts";
import { estimateAt } from "./estimate.ts";
import type { CompareState } from "./state.ts";

const cellOf = (slug: string, seed: number, crops: number) => {
  const config = resolveConfig({ flags: { steps: 100, batchSize: 10, crops } });
  return { slug, id: `${slug}-seed${seed}`, kind: "maskcon", seed, config } as Cell;
};
const start = { event: "start", step: 0, steps: 100, batchSize: 10, trainImages: 1000 } as StartEvent;

it("gives rows of more crops more time, unless they were timed", () => {
  const cells = [cellOf("one", 0, 1), cellOf("three", 0, 3), cellOf("one", 1, 1), cellOf("three", 1, 3)];
  const timing = { step: 100, seconds: 700, images: 1000, imageSeconds: 700 };
  const state = new Map([["three-seed0", { status: "finished", timing }]]) as unknown as CompareState;
  const none = new Map() as unknown as CompareState;
  const estimate = (state: CompareState) =>
    estimateAt({ cell: cells[0]!, start, step: 10 }, { pace: 2 } as never, { cells, state, jobs: 1 });
  // 90 steps of 2 s, 100 of the other seed; of three crops 10 passes in place of 4, or as they were timed.
  expect(estimate(none)).toEqual({ cellSeconds: 180, allSeconds: 180 + 200 + 2 * 500 });
  expect(estimate(state)).toEqual({ cellSeconds: 180, allSeconds: 180 + 200 + 700 });
});
