import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Exact, evaluate } from "../../test/conformance/reference.ts";
import { random, type Shape, sizeOf } from "../core/index.ts";
import { Graph, gradients, ops, type Value } from "../engine/index.ts";
import { unitRows, type WeightStore } from "./index.ts";
import { norm } from "./layers.ts";

const filled = (shape: Shape, seed: number): Exact => {
  const rng = random(seed);
  return { shape, data: Float64Array.from({ length: sizeOf(shape) }, () => rng.normal()) };
};

/** A store whose tensors are graph inputs. */
function inputStore(
  graph: Graph,
  training: boolean,
  collect: (mean: Value, variance: Value) => void = () => {},
): WeightStore {
  return {
    graph,
    training,
    parameter: (name, shape) => graph.input(name, "float32", shape),
    fixed: (name, shape) => graph.input(name, "float32", shape),
    buffer: (name, shape) => (training ? graph.scalar(0) : graph.input(name, "float32", shape)),
    statistics: (_, { mean, variance }) => collect(mean, variance),
  };
}

describe("normalisation", () => {
  test("evaluates as it trains, given the batch's own statistics", () => {
    const feeds: Record<string, Exact> = {
      x: filled([3, 4, 5, 5], 1),
      r: filled([3, 4, 5, 5], 2),
      "bn.weight": filled([4], 3),
      "bn.bias": filled([4], 4),
    };
    const build = (training: boolean) => {
      const graph = new Graph(ops);
      const [x, residual] = ["x", "r"].map((name) => graph.input(name, "float32", [3, 4, 5, 5])) as [Value, Value];
      const statistics: Value[] = [];
      const store = inputStore(graph, training, (mean, variance) => statistics.push(mean, variance));
      return { graph, y: norm(store, "bn", x, { residual, relu: true }), statistics };
    };
    const trained = build(true);
    const [y, mean, variance] = evaluate(trained.graph, feeds, [trained.y, ...trained.statistics]);
    const evaluated = build(false);
    const running = { "bn.running_mean": mean!, "bn.running_var": variance! };
    const [same] = evaluate(evaluated.graph, { ...feeds, ...running }, [evaluated.y]);
    for (const [i, value] of y!.data.entries()) expect(same!.data[i]).toBeCloseTo(value, 10);
  });
});

describe("rows of unit length", () => {
  const rows = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 6, maxLength: 6 });
  const normalised = (values: readonly number[]) => {
    const graph = new Graph(ops);
    const x = graph.input("x", "float32", [2, 3]);
    const y = unitRows(x);
    const weights = graph.constant({ dtype: "float32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
    const loss = graph.op("reduceSum", [graph.op("mul", [y, weights])], { axes: [0, 1], keepDims: false });
    const feeds = { x: { shape: [2, 3], data: Float64Array.from(values) } };
    return evaluate(graph, feeds, [y, ...gradients(graph, loss, [x])]).map(({ data }) => [...data]) as [
      number[],
      number[],
    ];
  };

  test("have it, whatever their scale", () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0.1, max: 10, noNaN: true }), (values, scale) => {
        fc.pre(Math.hypot(...values.slice(0, 3)) > 1e-3 && Math.hypot(...values.slice(3)) > 1e-3);
        const [y] = normalised(values);
        expect(Math.hypot(...y.slice(0, 3))).toBeCloseTo(1, 9);
        const [scaled] = normalised(values.map((x) => x * scale));
        for (const [i, value] of y.entries()) expect(scaled[i]).toBeCloseTo(value, 9);
      }),
    );
  });

  test("have gradients at right angles to them", () => {
    const values = [1, -2, 0.5, 3, 0.1, -1];
    const [, slope] = normalised(values);
    expect(values.slice(0, 3).reduce((sum, x, i) => sum + x * slope[i]!, 0)).toBeCloseTo(0, 12);
  });

  test("a row of zeros stays one, without NaN", () => {
    const [y, slope] = normalised([0, 0, 0, 1, 2, 2]);
    expect(y.slice(0, 3)).toEqual([0, 0, 0]);
    expect([...y, ...slope].every(Number.isFinite)).toBe(true);
  });
});
