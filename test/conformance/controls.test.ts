import { describe, expect, test } from "vitest";
import { type Graph, type OpName, ops, type Value } from "../../src/engine/index.ts";
import { buildCase, type Case, input, opCase } from "./case.ts";
import { cases } from "./cases.ts";
import { builtOf, compare, compute, differenceStep, expectedOf, problemsOf } from "./check.ts";

type Rule = (...parameters: unknown[]) => readonly (Value | undefined)[];
const table = ops as unknown as Record<OpName, { gradient?: Rule }>;
const names = Object.keys(ops) as OpName[];
const differentiable = names.filter((name) => ops[name].gradient);

/** Largest difference between rule and central differences in float64, relative to the gradient's magnitude. */
function slopeError({ differences, gradients }: ReturnType<typeof compute>): number {
  const errors = differences.map((slopes, i) => {
    const exact = gradients[i]!.data;
    const scale = exact.reduce((largest, x) => Math.max(largest, Math.abs(x)), 1e-3);
    return Math.max(...slopes.map(({ at, slope }) => Math.abs(slope - exact[at]!))) / scale;
  });
  return Math.max(0, ...errors);
}

/** Runs `use` with one op's gradient replaced. */
function withRule<T>(name: OpName, mutate: (rule: Rule) => Rule, use: () => T): T {
  const definition = table[name];
  table[name] = { ...definition, gradient: mutate(definition.gradient!) };
  try {
    return use();
  } finally {
    table[name] = definition;
  }
}

/** The gradient of the last differentiable input, two per cent too large. */
const slightlyWrong =
  (rule: Rule): Rule =>
  (...parameters) => {
    const graph = parameters[0] as Graph;
    const results = [...rule(...parameters)];
    const last = results.findLastIndex((value) => value !== undefined);
    results[last] = graph.op("mul", [results[last]!, graph.scalar(1.02)]);
    return results;
  };

describe("coverage", () => {
  const used = (built: ReturnType<typeof builtOf>) => built.graph.nodes.map((node) => node.op);

  test("every op stands in some case", () => {
    const covered = new Set(cases.flatMap((item) => used(builtOf(item))));
    expect(names.filter((name) => !covered.has(name))).toEqual([]);
  });

  test("every gradient rule is compared with differences", () => {
    const covered = new Set(cases.filter(({ wrt }) => wrt.length > 0).flatMap((item) => used(builtOf(item))));
    expect(differentiable.filter((name) => !covered.has(name))).toEqual([]);
  });

  test("no two cases share a name", () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });
});

test.each(cases.filter(({ wrt }) => wrt.length > 0))("rules against differences in float64: $name", (item) => {
  expect(slopeError(expectedOf(item))).toBeLessThan(1e-6);
});

describe("the checks can fail", () => {
  const exp = opCase("exp", { inputs: [input([6])], attributes: {} });

  test.each(differentiable)("a wrong gradient of %s", (name) => {
    const item = cases.findLast((one) => one.wrt.length > 0 && builtOf(one).outputs[0]?.node?.op === name)!;
    const wrong = withRule(name, slightlyWrong, () => compute(item, buildCase(item), differenceStep));
    expect(slopeError(wrong)).toBeGreaterThan(1e-3);
  });

  test("a difference step that is too large", () => {
    expect(slopeError(compute(exp, buildCase(exp), differenceStep))).toBeLessThan(1e-6);
    expect(slopeError(compute(exp, buildCase(exp), 0.5))).toBeGreaterThan(1e-2);
  });

  test("a device that is slightly off, in outputs or in gradients", () => {
    expect(problemsOf(exp, resultsOf(exp, 1, 1))).toEqual([]);
    expect(problemsOf(exp, resultsOf(exp, 1.001, 1))).toHaveLength(1);
    // Off from the reference's gradient and from the differences.
    expect(problemsOf(exp, resultsOf(exp, 1, 1.001))).toHaveLength(2);
  });

  test("NaN, a missing result and a short one", () => {
    expect(compare("y", [1, 2], [1, Number.NaN], 1)).toHaveLength(1);
    expect(compare("y", [1, 2], undefined, 1)).toHaveLength(1);
    expect(compare("y", [1, 2], [1], 1)).toHaveLength(1);
  });
});

function resultsOf(item: Case, outputs: number, gradients: number): Record<string, Float32Array> {
  const expected = expectedOf(item);
  const entries = (letter: string, list: typeof expected.outputs, factor: number) =>
    list.map(({ data }, i): [string, Float32Array] => [`${letter}${i}`, Float32Array.from(data, (x) => x * factor)]);
  return Object.fromEntries([
    ...entries("y", expected.outputs, outputs),
    ...entries("g", expected.gradients, gradients),
  ]);
}
