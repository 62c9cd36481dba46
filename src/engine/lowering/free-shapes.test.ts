import { expect, test } from "vitest";
import { Graph } from "../graph/index.ts";
import { ops } from "../ops/index.ts";
import { lower, withFreeShapes } from "./index.ts";

/** y = x normalised + x, as the blocked lowering writes it. */
function model() {
  const graph = new Graph(ops);
  const x = graph.input("x", "float32", [2, 16, 4, 4]);
  const [gamma, beta] = ["gamma", "beta"].map((name) => graph.input(name, "float32", [16]));
  const negative = graph.op("neg", [x]);
  const [y] = graph.multi("batchNorm", [x, gamma!, beta!, negative], { epsilon: 1e-5, relu: false });
  graph.output("y", graph.op("reshape", [graph.op("exp", [y!])], { shape: [512] }));
  return lower(graph, { block: 16 }).model;
}

test("no shape of an input is known, and no shape that an operator reads is a constant", () => {
  const before = model();
  const after = withFreeShapes(before);
  const given = after.inputs.filter(({ name }) => !before.initializers.some((tensor) => tensor.name === name));
  expect(given).toEqual(["x", "gamma", "beta"].map((name) => ({ name, dtype: "float32" })));
  const inputs = new Set(after.inputs.map(({ name }) => name));
  const shapes = before.initializers.filter(({ dtype }) => dtype === "int64");
  expect(after.inputs.filter(({ shape }) => shape)).toEqual([]);
  expect(shapes.length).toBeGreaterThan(0);
  expect(shapes.filter(({ name }) => !inputs.has(name))).toEqual([]);
  expect(after.initializers).toEqual(before.initializers);
  expect(after.nodes).toEqual(before.nodes);
});

test("a sum that a convolution may overwrite has the names of its sizes", () => {
  const { nodes, values } = withFreeShapes(model());
  const conv = nodes.find(({ op, inputs }) => op === "Conv" && inputs.length === 4)!;
  const shapeOf = (name: string) => values!.find((value) => value.name === name)!.shape;
  expect(shapeOf(conv.inputs[3]!)).toEqual(shapeOf(conv.outputs[0]!));
  expect(shapeOf(conv.outputs[0]!).every((size) => typeof size === "string")).toBe(true);
});
