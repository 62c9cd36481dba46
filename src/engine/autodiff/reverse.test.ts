import { describe, expect, test } from "vitest";
import { evaluate } from "../../../test/conformance/reference.ts";
import { MaskconError } from "../../core/index.ts";
import { Graph, squareConvolution, type Value } from "../graph/index.ts";
import { ops } from "../ops/index.ts";
import { gradients } from "./index.ts";

const vector = (...values: number[]) => ({ shape: [values.length], data: Float64Array.from(values) });
const total = (graph: Graph, x: Value) => graph.op("reduceSum", [x], { axes: [0], keepDims: false });

function setup() {
  const graph = new Graph(ops);
  return { graph, x: graph.input("x", "float32", [2]), y: graph.input("y", "float32", [2]) };
}

describe("gradients", () => {
  test("add up over every use of a value, both sides of one op included", () => {
    const { graph, x } = setup();
    const cube = graph.op("mul", [graph.op("mul", [x, x]), x]);
    const loss = total(graph, graph.op("add", [cube, x]));
    const [dx] = evaluate(graph, { x: vector(2, -3) }, gradients(graph, loss, [x]));
    expect([...dx!.data]).toEqual([3 * 4 + 1, 3 * 9 + 1]);
  });

  test("behind a max pool pass a relu where the image is small", () => {
    const graph = new Graph(ops);
    const x = graph.input("x", "float32", [1, 1, 4, 4]);
    const y = graph.op("relu", [x]);
    const pooled = graph.op("maxPool", [y], { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] });
    const loss = graph.op("reduceSum", [graph.op("mul", [pooled, pooled])], { axes: [0, 1, 2, 3], keepDims: false });
    const [dx] = gradients(graph, loss, [x]);
    const masked = dx!.node!.inputs[0]!;
    expect([dx!.node!.op, masked.node!.op, masked.shape]).toEqual(["maxPoolGradient", "reluGradient", [1, 1, 2, 2]]);
    // The second window has nothing above 0.
    const values = [5, -1, -2, -3, 1, 2, -4, 0, 3, 1, 7, 2, 1, 2, 6, 4];
    const [found] = evaluate(graph, { x: { shape: [1, 1, 4, 4], data: Float64Array.from(values) } }, [dx!]);
    expect([...found!.data]).toEqual([10, 0, 0, 0, 0, 0, 0, 0, 6, 0, 14, 0, 0, 0, 0, 0]);
  });

  test("are zeros of the right shape where the loss does not depend on a value", () => {
    const { graph, x, y } = setup();
    const [, dy] = gradients(graph, total(graph, x), [x, y]);
    expect(dy!.shape).toEqual([2]);
    expect([...evaluate(graph, { x: vector(1, 2), y: vector(3, 4) }, [dy!])[0]!.data]).toEqual([0, 0]);
  });

  test("are taken for values in the middle as well, with the path before them left alone", () => {
    const { graph, x } = setup();
    const middle = graph.op("exp", [x]);
    const loss = total(graph, graph.op("mul", [middle, middle]));
    const before = graph.nodes.length;
    const [dm] = evaluate(graph, { x: vector(0, 1) }, gradients(graph, loss, [middle]));
    expect([...dm!.data]).toEqual([2, 2 * Math.E]);
    expect(graph.nodes.slice(before).filter(({ scope }) => scope.includes("exp"))).toEqual([]);
  });

  test("of the loss itself are one", () => {
    const { graph, x } = setup();
    const loss = total(graph, x);
    expect(evaluate(graph, { x: vector(1, 2) }, gradients(graph, loss, [loss]))[0]!.data[0]).toBe(1);
  });

  test("add nodes only for what is wanted: no input gradient for images", () => {
    const graph = new Graph(ops);
    const [images, w] = [graph.input("x", "float32", [1, 3, 4, 4]), graph.input("w", "float32", [2, 3, 3, 3])];
    const y = graph.op("conv2d", [images, w], squareConvolution({ pad: 1 }));
    const loss = graph.op("reduceSum", [y], { axes: [0, 1, 2, 3], keepDims: false });
    gradients(graph, loss, [w]);
    const added = graph.nodes.map(({ op }) => op);
    expect(added).toContain("conv2dWeightGradient");
    expect(added).not.toContain("conv2dInputGradient");
  });

  test("keep the scope of the node they belong to", () => {
    const { graph, x } = setup();
    const y = graph.scoped("layer1", () => graph.op("relu", [x]));
    gradients(graph, total(graph, y), [x]);
    expect(graph.nodes.find(({ op }) => op === "reluGradient")!.scope).toBe("gradient/layer1");
  });
});

describe("refused", () => {
  test("a loss that is no scalar", () => {
    const { graph, x } = setup();
    expect(() => gradients(graph, x, [x])).toThrow(/expected a scalar loss, found rank 1/);
  });

  test("a path through an op without a gradient, by its name", () => {
    const { graph, x } = setup();
    const largest = graph.scoped("head", () => graph.op("reduceMax", [x], { axes: [0], keepDims: false }));
    expect(() => gradients(graph, largest, [x])).toThrow(/head: .*found reduceMax/);
  });

  test("a gradient of cross-entropy's probabilities", () => {
    const graph = new Graph(ops);
    const [l, t] = [graph.input("l", "float32", [1, 2]), graph.input("t", "float32", [1, 2])];
    const softmax = graph.multi("crossEntropy", [l, t])[1]!;
    const loss = graph.op("reduceSum", [softmax], { axes: [0, 1], keepDims: false });
    expect(() => gradients(graph, loss, [l])).toThrow(MaskconError);
  });
});
