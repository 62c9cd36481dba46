import { describe, expect, it } from "vitest";
import { evaluate } from "../../test/conformance/reference.ts";
import { random } from "../core/index.ts";
import { type Draft, draftOf } from "./draft.ts";
import { flatLayout } from "./layout.ts";
import { type Optimizer, optimizerSlots } from "./optimizer.ts";
import type { StepOptions } from "./options.ts";
import type { ParameterGroups } from "./parameter-groups.ts";
import { update } from "./update.ts";

const shapes: Readonly<Record<string, readonly number[]>> = {
  "net.stem.weight": [2, 3],
  "net.stem.bias": [2],
  "net.layer1.0.weight": [3, 2],
  "net.layer10.0.weight": [2, 2],
  "net.class_token": [1, 1, 3],
  "projector.0.weight": [2, 2],
};
const groups: ParameterGroups = {
  "net.": { rateScale: 0.5 },
  "net.layer1.": { rateScale: 0.75 },
  "net.stem.bias": { rateScale: 0.25, decays: true },
  "net.class_token": { decays: false },
  "projector.": { rateScale: 10 },
};
const scales = [0.5, 0.25, 0.75, 0.5, 1, 10];
/** SGD decays everything, AdamW matrices, where no group says otherwise. */
const decays = { sgd: [1, 1, 1, 1, 0, 1], adamw: [1, 1, 1, 1, 0, 1] };
const without = { sgd: [1, 1, 1, 1, 1, 1], adamw: [1, 0, 1, 1, 1, 1] };

const query = flatLayout(
  Object.entries(shapes).map(([name, shape]) => ({ name, shape, initializer: { kind: "constant", value: 0 } })),
);
const perNumber = (values: readonly number[]) =>
  query.slices.flatMap(({ start, end }, i) => new Array<number>(end - start).fill(values[i]!));

/** One update in float64: the numbers before it and after it. */
function updated(optimizer: Optimizer, parameterGroups?: ParameterGroups) {
  const moments = Object.keys(optimizerSlots(optimizer, query.size));
  const vector = { dtype: "float32", shape: [query.size] } as const;
  const slots = Object.fromEntries(["query", ...moments].map((slot) => [slot, vector]));
  const layout = { query, key: query, buffers: flatLayout([]), slots };
  const draft: Draft = draftOf({ ...optimizer, parameterGroups } as StepOptions, layout);
  const { graph, state } = draft;
  const inputs = {
    ...{ query: state.read("query"), gradient: graph.input("gradient", "float32", [query.size]) },
    learningRate: graph.input("learning_rate", "float32", []),
  };
  update(draft, inputs);
  const rng = random(8);
  const numbers = () => Float64Array.from({ length: query.size }, () => rng.normal());
  const before: Record<string, Float64Array> = { gradient: numbers(), "state.query": numbers() };
  for (const slot of moments) before[`state.${slot}`] = numbers().map(Math.abs);
  const scalars = { learning_rate: 0.1, adamw_rate: 0.3, adamw_variance_scale: 4 };
  const feeds = {
    ...Object.fromEntries(Object.entries(before).map(([name, data]) => [name, { shape: [query.size], data }])),
    ...Object.fromEntries(Object.entries(scalars).map(([n, x]) => [n, { shape: [], data: Float64Array.of(x) }])),
  };
  const [after] = evaluate(graph, feeds, [graph.outputs.get("next.query")!]);
  return { before, after: after!.data };
}

/** As the formulas have it, a number at a time; the constants of the graph are float32. */
function expectUpdate(after: Float64Array, numberAt: (i: number) => number) {
  for (const [i, x] of after.entries()) expect(x, `number ${i}`).toBeCloseTo(numberAt(i), 6);
}

describe.each([
  ["without groups", undefined, [1, 1, 1, 1, 1, 1], without],
  ["with groups", groups, scales, decays],
] as const)("an update %s", (_, parameterGroups, scale, decay) => {
  it("by SGD", () => {
    const sgd = { momentum: 0.9, weightDecay: 0.2 };
    const { before, after } = updated({ sgd }, parameterGroups);
    const [p, g, v] = [before["state.query"]!, before.gradient!, before["state.momentum"]!];
    const [rate, mask] = [perNumber(scale), perNumber(decay.sgd)];
    expectUpdate(after, (i) => p[i]! - 0.1 * rate[i]! * (0.9 * v[i]! + g[i]! + 0.2 * mask[i]! * p[i]!));
  });

  it("by AdamW", () => {
    const { before, after } = updated({ adamw: { weightDecay: 0.2 } }, parameterGroups);
    const [p, g] = [before["state.query"]!, before.gradient!];
    const [m, v] = [before["state.mean"]!, before["state.variance"]!];
    const [rate, mask] = [perNumber(scale), perNumber(decay.adamw)];
    expectUpdate(after, (i) => {
      const mean = 0.9 * m[i]! + 0.1 * g[i]!;
      const variance = 0.999 * v[i]! + 0.001 * g[i]! ** 2;
      const kept = p[i]! * (1 - 0.1 * rate[i]! * 0.2 * mask[i]!);
      return kept - (0.3 * rate[i]! * mean) / (4 * Math.sqrt(variance) + 1e-8);
    });
  });

  it("by a clipped gradient", () => {
    const { before, after } = updated({ sgd: { momentum: 0, weightDecay: 0, clipNorm: 1 } }, parameterGroups);
    const [p, g] = [before["state.query"]!, before.gradient!];
    const norm = Math.sqrt(g.reduce((sum, x) => sum + x * x, 0));
    expect(norm).toBeGreaterThan(2);
    const rate = perNumber(scale);
    expectUpdate(after, (i) => p[i]! - (0.1 * rate[i]! * g[i]!) / norm);
  });
});
