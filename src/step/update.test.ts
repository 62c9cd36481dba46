import { describe, expect, it } from "vitest";
import { evaluate } from "../../test/conformance/reference.ts";
import { random } from "../core/index.ts";
import { type Draft, draftOf } from "./draft.ts";
import { type FlatLayout, flatLayout, partsOf } from "./layout.ts";
import { momentsOf, type Optimizer } from "./optimizer.ts";
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

/** A vector in the parts of its layout. */
function cut(name: string, data: Float64Array, parts: readonly FlatLayout[]) {
  let start = 0;
  return parts.map(({ size }, i) => {
    start += size;
    return [`${name}.${i}`, { shape: [size], data: data.slice(start - size, start) }] as const;
  });
}

/** One update in float64, the vectors in parts of so many numbers: the numbers before it and after it. */
function updated(optimizer: Optimizer, parameterGroups: ParameterGroups | undefined, most: number) {
  const moments = Object.keys(momentsOf(optimizer));
  const parts = partsOf(query, most);
  const names = ["query", ...moments];
  const vectors = Object.fromEntries(
    names.map((name) => [name, parts.map((layout, i) => ({ slot: `${name}.${i}`, layout }))]),
  );
  const vector = (size: number) => ({ dtype: "float32", shape: [size] }) as const;
  const slots = Object.fromEntries(
    Object.values(vectors).flatMap((of) => of.map(({ slot, layout }) => [slot, vector(layout.size)])),
  );
  const layout = { query, key: query, buffers: flatLayout([]), vectors, slots };
  const draft: Draft = draftOf({ ...optimizer, parameterGroups } as StepOptions, layout);
  const { graph, state } = draft;
  const inputs = {
    query: state.readVector("query"),
    gradient: parts.map(({ size }, i) => graph.input(`gradient.${i}`, "float32", [size])),
    learningRate: graph.input("learning_rate", "float32", []),
  };
  update(draft, inputs);
  const rng = random(8);
  const numbers = () => Float64Array.from({ length: query.size }, () => rng.normal());
  const before: Record<string, Float64Array> = { gradient: numbers(), "state.query": numbers() };
  for (const slot of moments) before[`state.${slot}`] = numbers().map(Math.abs);
  const scalars = { learning_rate: 0.1, adamw_rate: 0.3, adamw_variance_scale: 4 };
  const feeds = {
    ...Object.fromEntries(Object.entries(before).flatMap(([name, data]) => cut(name, data, parts))),
    ...Object.fromEntries(Object.entries(scalars).map(([n, x]) => [n, { shape: [], data: Float64Array.of(x) }])),
  };
  const results = parts.map((_, i) => graph.outputs.get(`next.query.${i}`)!);
  return { before, after: Float64Array.from(evaluate(graph, feeds, results).flatMap(({ data }) => [...data])) };
}

/** As the formulas have it, a number at a time; the constants of the graph are float32. */
function expectUpdate(after: Float64Array, numberAt: (i: number) => number) {
  for (const [i, x] of after.entries()) expect(x, `number ${i}`).toBeCloseTo(numberAt(i), 6);
}

describe.each([
  ["without groups", undefined, [1, 1, 1, 1, 1, 1], without, 100],
  ["with groups", groups, scales, decays, 100],
  ["in parts, without groups", undefined, [1, 1, 1, 1, 1, 1], without, 8],
  ["in parts, with groups", groups, scales, decays, 8],
] as const)("an update %s", (_, parameterGroups, scale, decay, most) => {
  it("by SGD", () => {
    const sgd = { momentum: 0.9, weightDecay: 0.2 };
    const { before, after } = updated({ sgd }, parameterGroups, most);
    const [p, g, v] = [before["state.query"]!, before.gradient!, before["state.momentum"]!];
    const [rate, mask] = [perNumber(scale), perNumber(decay.sgd)];
    expectUpdate(after, (i) => p[i]! - 0.1 * rate[i]! * (0.9 * v[i]! + g[i]! + 0.2 * mask[i]! * p[i]!));
  });

  it("by AdamW", () => {
    const { before, after } = updated({ adamw: { weightDecay: 0.2 } }, parameterGroups, most);
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
    const { before, after } = updated({ sgd: { momentum: 0, weightDecay: 0, clipNorm: 1 } }, parameterGroups, most);
    const [p, g] = [before["state.query"]!, before.gradient!];
    const norm = Math.sqrt(g.reduce((sum, x) => sum + x * x, 0));
    expect(norm).toBeGreaterThan(2);
    const rate = perNumber(scale);
    expectUpdate(after, (i) => p[i]! - (0.1 * rate[i]! * g[i]!) / norm);
  });
});
