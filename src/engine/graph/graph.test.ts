import { describe, expect, test } from "vitest";
import { MaskconError } from "../../core/index.ts";
import { ops } from "../ops/index.ts";
import { Graph, printGraph } from "./index.ts";

describe("building", () => {
  test("two inputs or outputs of one name are refused", () => {
    const graph = new Graph(ops);
    const x = graph.input("x", "float32", [2]);
    expect(() => graph.input("x", "float32", [3])).toThrow(/one input of each name, found two named "x"/);
    graph.output("y", x);
    expect(() => graph.output("y", x)).toThrow(MaskconError);
  });

  test.each([[[0]], [[2, -1]], [[1.5]], [[Number.NaN]]])(
    "a dimension that is no positive whole number is refused: %j",
    (shape) => {
      expect(() => new Graph(ops).input("x", "float32", shape)).toThrow(MaskconError);
    },
  );

  test("a scope ends even where building fails", () => {
    const graph = new Graph(ops);
    const x = graph.input("x", "float32", [2]);
    expect(() => graph.scoped("broken", () => graph.op("reshape", [x], { shape: [3] }))).toThrow(MaskconError);
    expect(graph.op("neg", [x]).node!.scope).toBe("");
  });

  test("a shape that a caller changes later does not change a value", () => {
    const shape = [2, 3];
    const x = new Graph(ops).input("x", "float32", shape);
    shape[0] = 9;
    expect(x.shape).toEqual([2, 3]);
  });
});

test("the printed form: one line a node, dtype and shape on every value", () => {
  const graph = new Graph(ops);
  const [x, w] = [graph.input("x", "float32", [2, 3]), graph.input("w", "float32", [4, 3])];
  const labels = graph.input("labels", "int32", [2]);
  const product = graph.scoped("head", () => graph.op("matmul", [x, w], { transposeA: false, transposeB: true }));
  const table = graph.constant({ dtype: "float32", shape: [2, 4], data: new Float32Array(8) });
  const losses = graph.multi("crossEntropy", [graph.op("mul", [product, graph.scalar(0.5)]), table]);
  graph.output("loss", graph.op("reduceSum", [losses[0]!], { axes: [0], keepDims: false }));
  graph.output("probabilities", losses[1]!);
  graph.output("labels", labels);
  expect(printGraph(graph)).toBe(`input $x: float32[2, 3]
input $w: float32[4, 3]
input $labels: int32[2]
%0: float32[2, 4] = matmul($x, $w) {transposeA=false, transposeB=true}  # head
%1: float32[2, 4] = mul(%0, 0.5)
%2: float32[2], %3: float32[2, 4] = crossEntropy(%1, const float32[2, 4])
%4: float32[] = reduceSum(%2) {axes=[0], keepDims=false}
output loss = %4
output probabilities = %3
output labels = $labels
`);
});
