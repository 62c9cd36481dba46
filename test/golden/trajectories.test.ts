import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Agreement, runTrajectory } from "./agreement.ts";
import { describeTrajectory, readTrajectories, type Trajectory } from "./trajectory.ts";

/** Losses must agree to this over a whole trajectory, as far as rounding lets two correct programs agree. */
const lossTolerance = 1e-4;
/** Times the distance that rounding alone was seen to make (README.md here): ours is one more such program. */
const spreads = 3;

/**
 * Relative errors of L2 norms and, as shares of a tensor's root mean square, of single values. A ReLU at zero that flips moves
 * a deep network's gradient by about 1e-3 of its norm, and later ones by more; what a wrong rule does is larger.
 */
const tolerances = {
  firstGradients: { norm: 5e-3, value: 5e-2 },
  lastGradients: { norm: 0.1, value: 2 },
  parameters: { norm: 1e-3, value: 2e-2 },
  keyParameters: { norm: 1e-4, value: 2e-3 },
  batchNorm: { norm: 1e-3, value: 5e-3 },
  queue: { norm: 1e-6, value: 1e-3 },
  features: { norm: 1e-2, value: 4e-2 },
} as const;

const rounding: { cases: { spread: number[] }[] } = JSON.parse(
  readFileSync(new URL("rounding.json", import.meta.url), "utf8"),
);

suite("the official code", readTrajectories("trajectories.json"), (_, i) => rounding.cases[i]!.spread);
suite("the reference", readTrajectories("reference-trajectories.json"), ({ steps, float32_error }) =>
  steps.map(() => float32_error!.losses),
);

describe("a step that is a little wrong is refused", () => {
  const trajectory = readTrajectories("reference-trajectories.json").find(({ config }) => config.weight_decay > 0.01)!;
  const { weight_decay, m, T0, coarse_weight } = trajectory.config;
  const mistakes: Partial<Trajectory["config"]>[] = [
    { weight_decay: weight_decay * 0.9 },
    { sgd_momentum: 0.88 },
    { m: m + 0.05 },
    { T0: T0 * 1.001 },
    { T: 0.06 },
    { w: 0.99 },
    { coarse_weight: coarse_weight! + 0.01 },
    { lr: 0.0205 },
  ];
  test.each(mistakes)("%o", async (mistake) => {
    const wrong = { ...trajectory, config: { ...trajectory.config, ...mistake } };
    const agreement = await runTrajectory(wrong, "auto");
    const spread = trajectory.steps.map(() => trajectory.float32_error!.losses);
    expect([...lossProblems(agreement, spread), ...tensorProblems(agreement)]).not.toEqual([]);
  });
});

function suite(
  title: string,
  trajectories: readonly Trajectory[],
  spreadOf: (trajectory: Trajectory, index: number) => readonly number[],
): void {
  describe.each(trajectories.map((trajectory, i) => [describeTrajectory(trajectory), trajectory, i] as const))(
    `${title}: %s`,
    (_, trajectory, i) => {
      test.each(["auto", "portable"] as const)("%s lowering", async (lowering) => {
        const agreement = await runTrajectory(trajectory, lowering);
        expect(lossProblems(agreement, spreadOf(trajectory, i))).toEqual([]);
        expect(tensorProblems(agreement, trajectory.float32_error?.first_gradients)).toEqual([]);
        expectWhole(trajectory, agreement);
      });
    },
  );
}

/** What rounding did by a step it can still have done later. */
function lossProblems({ losses }: Agreement, spread: readonly number[]): string[] {
  return losses.flatMap((error, s) => {
    const bound = Math.max(lossTolerance, spreads * Math.max(...spread.slice(0, s + 1)));
    return error <= bound ? [] : [`step ${s}: off by ${error}, bound ${bound}`];
  });
}

/** A single value may be off by this many times the norm that float32 alone makes: flipped ReLUs gather in few values. */
const valuesToNorm = 50;

/** @param float32 relative error of the first gradients' norm between float32 and float64 in PyTorch */
function tensorProblems(agreement: Agreement, float32 = 0): string[] {
  return Object.entries(tolerances).flatMap(([part, fixed]) => {
    const error = agreement[part as keyof typeof tolerances];
    if (!error) return [];
    const first = part === "firstGradients";
    const tolerance = { ...fixed, value: Math.max(fixed.value, first ? valuesToNorm * float32 : 0) };
    const within = error.norm <= tolerance.norm && error.value <= tolerance.value;
    return within ? [] : [`${part}: ${JSON.stringify(error)}, bounds ${JSON.stringify(tolerance)}`];
  });
}

/** Everything that can reach the loss was compared: a step has no classifier, or no contrastive part, where its method has none. */
function expectWhole(trajectory: Trajectory, agreement: Agreement): void {
  const { config, steps, query_params, key_params = {}, bn_running, queue_labels, queue_ptr } = trajectory;
  const contrastive = config.mode !== "supce";
  const classifying = ["coins", "supce"].includes(config.mode) || (config.coarse_weight ?? 0) > 0;
  const present = (record: object) =>
    Object.keys(record).filter(
      (name) => (contrastive || !name.startsWith("projector")) && (classifying || !name.startsWith("classif")),
    ).length;
  expect(agreement.parameters.compared).toBe(present(query_params));
  expect(agreement.firstGradients.compared).toBe(present(steps[0]!.grads!));
  expect(agreement.lastGradients.compared).toBe(present(steps.at(-1)!.grads!));
  expect(agreement.batchNorm.compared).toBe(Object.keys(bn_running).length);
  if (!contrastive) return;
  // The key encoder's classifier computes nothing, and is not kept here.
  const keyNames = Object.keys(key_params).filter((name) => !name.startsWith("classif"));
  expect(agreement.keyParameters.compared).toBe(keyNames.length);
  expect(agreement.queueLabels).toEqual(queue_labels);
  expect(agreement.queuePointer).toBe(queue_ptr);
}
