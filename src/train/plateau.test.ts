import { expect, it } from "vitest";
import { type RunOptions, resolveConfig } from "../config/index.ts";
import { watchPlateau } from "./plateau.ts";

const told = (options: RunOptions, losses: readonly number[]): string[] => {
  const watch = watchPlateau(resolveConfig({ flags: { queueSize: 4096, ...options } }));
  return losses.flatMap((loss) => watch(loss) ?? []);
};
const still = (length: number, loss = 8.3181) => new Array<number>(length).fill(loss);

it("tells once of a loss that stays where all keys look alike", () => {
  expect(told({ method: "supcon" }, still(400))).toEqual([
    expect.stringMatching(/^the loss has stayed at ln\(K \+ 1\) = 8\.318 for 100 steps: /),
  ]);
  expect(told({ method: "maskcon" }, [...still(99), 8.2, ...still(99)])).toEqual([]);
  expect(told({ method: "maskcon" }, still(400, 8.31))).toEqual([]);
});

it("does not judge a loss that a cross-entropy is part of", () => {
  for (const options of [
    { method: "supce" },
    { method: "coins" },
    { coarseWeight: 1 },
    { coarseWeightEnd: 1 },
  ] as const)
    expect(told(options, still(400))).toEqual([]);
});
