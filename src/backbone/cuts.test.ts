import { expect, test } from "vitest";
import type { OnnxFileGraph, OnnxFileNode, OnnxFileTensor } from "../formats/onnx/index.ts";
import { cutsOf, valueNodes } from "./cuts.ts";

/** `y = Op(x, w)` */
function nodesOf(text: string): OnnxFileNode[] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [, output, op, inputs] = /^\s*(\w+) = (\w+)\((.*)\)$/.exec(line)!;
      const rest = { domain: "", name: "", attributes: new Map() };
      return { op: op!, inputs: inputs!.split(", "), outputs: [output!], ...rest };
    });
}
const weights = (sizes: Record<string, readonly number[]>): OnnxFileTensor[] =>
  Object.entries(sizes).map(([name, shape]) => ({ name, type: "float32", shape, data: { none: true } }));
const graphOf = (text: string, sizes: Record<string, readonly number[]>): OnnxFileGraph => ({
  ...{ nodes: nodesOf(text), tensors: weights(sizes), inputs: [], outputs: [] },
});

const residual = graphOf(
  `
  stem = Conv(x, w0)
  a = Conv(stem, w1)
  b = BatchNormalization(a, s1)
  c = Relu(b)
  d = Add(c, stem)
  e = Relu(d)
  w = Identity(w2)
  f = MatMul(e, w)
  g = Add(f, e)
  y = Relu(g)
  other = Conv(e, w9)
`,
  { w0: [4, 3, 1, 1], w1: [4, 4, 1, 1], s1: [4], w2: [4, 4], w9: [1, 4, 1, 1] },
);

test("a graph is cut behind each residual block, the last first", () => {
  expect(cutsOf(residual, "x", "y")).toEqual([
    { tensor: "e", parameters: 16 },
    { tensor: "stem", parameters: 16 + 4 + 16 },
  ]);
});

test("shape arithmetic passes no values", () => {
  const text = `
  s = Shape(x)
  n = Gather(s, zero)
  a = Conv(x, w0)
  b = Reshape(a, n)
  y = MatMul(b, w1)`;
  const graph = graphOf(text, { w0: [4, 3, 1, 1], w1: [4, 4], zero: [] });
  expect(valueNodes(graph, "x", "y").map(({ op }) => op)).toEqual(["Conv", "Reshape", "MatMul"]);
  expect(cutsOf(graph, "x", "y")).toEqual([{ tensor: "b", parameters: 16 }]);
});

test("circles, missing makers and deep chains end", () => {
  expect(cutsOf(graphOf("a = Add(x, b)\nb = Add(a, a)\ny = Relu(b)", {}), "x", "y")).toEqual([]);
  expect(cutsOf(graphOf("w = Identity(v)\nv = Identity(w)\ny = MatMul(x, w)", {}), "x", "y")).toEqual([]);
  expect(cutsOf(graphOf("a = Relu(x)", {}), "x", "y")).toEqual([]);
  const deep = Array.from({ length: 100_000 }, (_, i) => `t${i + 1} = Relu(t${i})`).join("\n");
  expect(valueNodes(graphOf(deep, {}), "t0", "t100000").length).toBe(100_000);
});
