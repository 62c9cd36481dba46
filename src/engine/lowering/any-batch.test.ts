import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { random, type Shape, sizeOf } from "../../core/index.ts";
import { Graph, matmul, reshape, squareConvolution, type Value } from "../graph/index.ts";
import { writeModel } from "../onnx/index.ts";
import { ops } from "../ops/index.ts";
import { lower, lowerAnyBatch } from "./index.ts";

const options = { opset: 14, batch: "batch" };

/** Numbers that are the same for every batch. */
function weights(graph: Graph, shape: Shape, seed: number): Value {
  const rng = random(seed, 0);
  return graph.constant({
    dtype: "float32",
    shape,
    data: Float32Array.from({ length: sizeOf(shape) }, () => rng.normal()),
  });
}

/** What a vision transformer does with the batch: images to tokens, a class token, heads, and rows of all images at once. */
function transformer(batch: number): Graph {
  const graph = new Graph(ops);
  const images = graph.input("images", "float32", [batch, 3, 8, 8]);
  const patches = graph.op("conv2d", [images, weights(graph, [6, 3, 4, 4], 1)], squareConvolution({ stride: 4 }));
  const tokens = graph.op("transpose", [reshape(patches, [batch, 6, 4])], { perm: [0, 2, 1] });
  const token = graph.op("expand", [weights(graph, [1, 1, 6], 2)], { shape: [batch, 1, 6] });
  const x = graph.op("add", [graph.op("concat", [token, tokens], { axis: 1 }), weights(graph, [1, 5, 6], 3)]);
  const qkv = reshape(matmul(x, weights(graph, [6, 18], 4)), [batch, 5, 3, 2, 3]);
  const heads = graph.op("transpose", [qkv], { perm: [2, 0, 3, 1, 4] });
  const [q, k, v] = [0, 1, 2].map((i) =>
    reshape(graph.op("gather", [heads], { axis: 0, indices: [i] }), [batch * 2, 5, 3]),
  );
  const mixed = matmul(graph.op("softmax", [matmul(q!, k!, { transposeB: true })]), v!);
  const joined = graph.op("transpose", [reshape(mixed, [batch, 2, 5, 3])], { perm: [0, 2, 1, 3] });
  const rows = matmul(reshape(joined, [batch * 5, 6]), weights(graph, [6, 6], 5));
  const y = reshape(graph.op("gelu", [rows], { approximate: "tanh" }), [batch, 5, 6]);
  const means = graph.op("reduceMean", [y], { axes: [1], keepDims: true });
  graph.output("features", graph.op("sub", [y, graph.op("expand", [means], { shape: [batch, 5, 6] })]));
  return graph;
}

async function run(model: Uint8Array, batch: number): Promise<{ shape: readonly number[]; data: Float32Array }> {
  const session = await ort.InferenceSession.create(model);
  const rng = random(7, 0);
  const data = Float32Array.from({ length: batch * 3 * 64 }, () => rng.normal());
  const { features } = await session.run({ images: new ort.Tensor("float32", data, [batch, 3, 8, 8]) });
  return { shape: features!.dims, data: features!.data as Float32Array };
}

test.each([1, 2, 3, 5])("a transformer of batch %i is computed as by a model made for that batch", async (batch) => {
  const found = await run(writeModel(lowerAnyBatch(transformer, options)), batch);
  const expected = await run(writeModel(lower(transformer(batch), { block: 0, opset: 14 }).model), batch);
  expect(found.shape).toEqual([batch, 5, 6]);
  expect(expected.data.some((value) => Math.abs(value) > 0.1)).toBe(true);
  for (const [i, value] of expected.data.entries()) expect(found.data[i]).toBeCloseTo(value, 5);
});

test("types name the batch where it is a length or a factor of one, and nowhere else", () => {
  const model = lowerAnyBatch(transformer, options);
  const shapes = (values: typeof model.values) => values!.map(({ shape }) => shape);
  expect(model.opsets).toEqual({ "": 14 });
  expect(shapes(model.inputs)).toEqual([["batch", 3, 8, 8]]);
  expect(shapes(model.outputs)).toEqual([["batch", 5, 6]]);
  expect(shapes(model.values)).toEqual(
    expect.arrayContaining([
      ["batch", 6, 2, 2],
      ["batch", 1, 6],
      [3, "batch", 2, 5, 3],
      ["batch*2", 5, 3],
      ["batch*5", 6],
    ]),
  );
});

test("a model without reshapes keeps its nodes and its initializers", () => {
  const build = (batch: number): Graph => {
    const graph = new Graph(ops);
    const x = graph.input("x", "float32", [batch, 4]);
    graph.output("y", matmul(x, graph.constant({ ...weightless, name: "weight" })));
    return graph;
  };
  const { nodes, initializers } = lowerAnyBatch(build, options);
  expect(nodes.map(({ op }) => op)).toEqual(["Gemm"]);
  expect(initializers.map(({ name }) => name)).toEqual(["weight"]);
});

const weightless = { dtype: "float32", shape: [4, 2], data: new Float32Array(8) } as const;

describe("a graph that is right for one batch alone is refused", () => {
  test.each<[string, (x: Value, batch: number) => Value]>([
    ["a number taken from the batch", (x, batch) => x.graph.op("mul", [x, x.graph.scalar(1 / batch)])],
    ["the last image", (x, batch) => x.graph.op("slice", [x], { axis: 0, start: batch - 1, end: batch })],
    ["more nodes for more images", (x, batch) => (batch > 2 ? x.graph.op("neg", [x]) : x)],
    ["one image more", (x) => x.graph.op("pad", [x], { axis: 0, before: 0, after: 1 })],
    ["a batch along two axes", (x, batch) => reshape(matmul(x, x, { transposeB: true }), [batch, 1, batch])],
    ["several entries an image", (x, batch) => x.graph.op("expand", [x.graph.scalar(1)], { shape: [batch * 4] })],
  ])("%s", (_, build) => {
    const graphOf = (batch: number): Graph => {
      const graph = new Graph(ops);
      graph.output("y", build(graph.input("x", "float32", [batch, 4]), batch));
      return graph;
    };
    expect(() => lowerAnyBatch(graphOf, options)).toThrow(/the batch decides lengths of tensors alone/);
  });
});
