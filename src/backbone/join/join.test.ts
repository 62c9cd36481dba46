import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onnx } from "onnx-proto";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import {
  floats,
  headModel,
  ints,
  joinOptions,
  type ModelParts,
  node,
  putModel,
  SIDE,
  value,
} from "../../../test/joined-models.ts";
import { messageOfRefusal } from "../../../test/refusals.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { random } from "../../core/index.ts";
import { openTrunk } from "../trunk.ts";
import { joinModels } from "./join.ts";

const tokenNodes = [
  node("Conv", "pixels kernel", "map", { strides: [2, 2] }),
  node("Reshape", "map flat", "rows"),
  node("Transpose", "rows", "patches", { perm: [0, 2, 1] }),
];
const tokenTensors = [floats("kernel", 5, 3, 2, 2), ints("flat", [3], 0, 5, -1)];

/** A map of features, whose output has the joined model's name, and class scores, which nothing else needs. */
const mapGraph = {
  name: "trunk",
  node: [
    node("Conv", "pixels kernel", "map"),
    node("Relu", "map", "features"),
    node("GlobalAveragePool", "features", "pooled"),
    node("Flatten", "pooled", "row", { axis: 1 }),
    node("MatMul", "row classes", "logits"),
  ],
  initializer: [floats("kernel", 5, 3, 3, 3), floats("classes", 5, 40)],
  input: [value("pixels", ["N", 3, "height", "width"])],
  output: [value("logits", ["N", 40]), value("features", ["N", 5, "h", "w"])],
  valueInfo: [value("map", ["N", 5, "h", "w"]), value("row", ["N", 5])],
};
const tokenGraph = {
  ...{ name: "trunk", node: tokenNodes, initializer: tokenTensors },
  ...{ input: [value("pixels", ["N", 3, SIDE, SIDE])], output: [value("patches", ["N", "T", 5])] },
};
/** With tokens before those of the patches: a class token, and registers. */
const withClassToken = (...first: number[]) => ({
  ...tokenGraph,
  node: [
    ...tokenNodes,
    node("Gather", "patches first", "cls", { axis: 1 }),
    node("Concat", "cls patches", "last_hidden_state", { axis: 1 }),
  ],
  initializer: [...tokenTensors, ints("first", [first.length], ...first)],
  output: [value("last_hidden_state", ["N", "T", "D"])],
});

/** Joins, runs both, and compares; gives what was written. */
async function check(trunkFile: string, options: Partial<Parameters<typeof joinModels>[0]> = {}, count = 3) {
  const trunk = await openTrunk({ file: trunkFile, imageSize: SIDE, ...options });
  const head = headModel(trunk.featureDim);
  const { pieces, size, ...joined } = await joinModels({ ...joinOptions(trunkFile, head.bytes), ...options });
  const folder = temporaryFolder();
  const chunks: Uint8Array[] = [];
  for await (const bytes of pieces()) chunks.push(bytes);
  const file = join(folder, "joined.onnx");
  writeFileSync(file, Buffer.concat(chunks));
  expect(Buffer.concat(chunks).length).toBe(size);
  for (const { from, name } of joined.external) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    copyFileSync(from, join(folder, name));
  }
  const rng = random(3, count);
  const images = Float32Array.from({ length: count * 3 * SIDE * SIDE }, () => rng.normal());
  const expected = head.compute(await trunk.embed(images));
  await trunk.close();
  const session = await InferenceSession.create(file, { logSeverityLevel: 3 });
  const { features } = await session.run({ images: new Tensor("float32", images, [count, 3, SIDE, SIDE]) });
  await session.release();
  expect(features!.dims).toEqual([count, joined.featureDim]);
  const found = features!.data as Float32Array;
  const largest = Math.max(...expected.map(Math.abs));
  expect(largest).toBeGreaterThan(0.01);
  for (const [i, number] of expected.entries()) expect(Math.abs(found[i]! - number)).toBeLessThan(1e-5 * largest);
  return { ...joined, model: onnx.ModelProto.decode(Buffer.concat(chunks)) };
}

const shapes = (values: readonly onnx.IValueInfoProto[]) =>
  values.map(({ name, type }) => [name, ...type!.tensorType!.shape!.dim!.map((d) => d.dimParam || Number(d.dimValue))]);
const names = (list: readonly { name?: string | null }[]) => list.map(({ name }) => name);

test.each([7, 9, 10, 11, 13, 17, 18, 20, 21])("a map in operator set %i", async (opset) => {
  const { model, batch } = await check(putModel(mapGraph, { opset }));
  expect(batch).toBeUndefined();
  const { node: nodes, initializer, input, output } = model.graph!;
  expect(shapes(input!)).toEqual([["images", "batch", 3, SIDE, SIDE]]);
  expect(shapes(output!)).toEqual([["features", "batch", 4]]);
  expect(nodes!.map(({ opType }) => opType)).not.toContain("GlobalAveragePool");
  expect(names(initializer!)).not.toContain("classes");
  expect(names(model.graph!.valueInfo!)).toContain("map");
  expect(names(model.graph!.valueInfo!)).not.toContain("row");
  expect(new Set(names(nodes!)).size).toBe(nodes!.length);
  expect(Number(model.opsetImport[0]!.version)).toBe(opset);
  expect([model.producerName, model.docString]).toEqual(["maskcon", "A joined model."]);
});

describe.each([9, 13, 18])("tokens in operator set %i", (opset) => {
  test.each([
    { what: "without a class token", graph: tokenGraph, pooling: "mean" },
    { what: "with a class token", graph: withClassToken(3), pooling: "cls" },
    { what: "with a class token", graph: withClassToken(3), pooling: "mean" },
    { what: "with a class token", graph: withClassToken(3), pooling: undefined },
    { what: "with registers", graph: withClassToken(3, 7, 1), pooling: "cls+mean" },
  ] as const)("$what, pooled as $pooling", async ({ graph, pooling }) => {
    await check(putModel(graph, { opset }), { pooling });
  });
});

test("another output is joined where it is asked for", async () => {
  const { model } = await check(putModel(mapGraph), { output: "logits" });
  expect(names(model.graph!.initializer!)).toContain("classes");
});

test("images in the order of channels last, and in float16", async () => {
  const nhwc = {
    ...mapGraph,
    node: [node("Transpose", "input", "pixels", { perm: [0, 3, 1, 2] }), ...mapGraph.node],
    input: [value("input", ["N", SIDE, SIDE, 3])],
  };
  await check(putModel(nhwc));
  await check(
    putModel({
      ...nhwc,
      node: [...nhwc.node, node("Transpose", "features", "last", { perm: [0, 2, 3, 1] })],
      output: [value("last", ["N", "h", "w", 5])],
    }),
  );
  const half = {
    ...nhwc,
    node: [
      node("Cast", "half", "input", { to: 1 }),
      ...nhwc.node,
      node("Cast", "features", "image_embeds", { to: 10 }),
    ],
    input: [value("half", ["N", SIDE, SIDE, 3], 10)],
    output: [value("image_embeds", ["N", 5, "h", "w"], 10)],
  };
  const { model } = await check(putModel(half));
  expect(model.graph!.input![0]!.type!.tensorType!.elemType).toBe(1);
});

test("names of the joined model are free of the foreign one's", async () => {
  const graph = {
    ...mapGraph,
    node: [
      node("Identity", "features", "images"),
      node("Conv", "images kernel", "backbone_features"),
      node("Relu", "backbone_features", "join/ReduceMean"),
      node("Mul", "join/ReduceMean adapter.a", "map"),
    ],
    initializer: [floats("kernel", 5, 3, 3, 3), floats("adapter.a", 1)],
    input: [value("features", ["N", 3, "height", "width"])],
    output: [value("map", ["N", 5, "h", "w"])],
    valueInfo: [value("images", ["N", 3, "height", "width"])],
  };
  const { model } = await check(putModel(graph));
  const made = [...model.graph!.node!.flatMap(({ output }) => output!), ...names(model.graph!.initializer!), "images"];
  expect(new Set(made).size).toBe(made.length);
});

test("graphs within nodes keep what they capture, under its new name too", async () => {
  const branch = (op: string, captured: string) => ({
    ...{ name: op, node: [node("Relu", "pixels", `${op}.x`), node(op, `${op}.x ${captured}`, `${op}.y`)] },
    output: [value(`${op}.y`, ["N", 3, "h", "w"])],
  });
  const graph = {
    ...mapGraph,
    node: [
      node("Reshape", "pixels all", "list"),
      node("Gather", "list zero", "first"),
      node("Greater", "first limit", "condition"),
      node("Identity", "captured", "images"),
      node("If", "condition", "changed", { then_branch: branch("Add", "images"), else_branch: branch("Sub", "only") }),
      node("Conv", "changed kernel", "features"),
    ],
    initializer: [
      ...[floats("kernel", 5, 3, 3, 3), floats("captured", 1), floats("only", 1), floats("limit"), floats("unused", 9)],
      ...[ints("all", [1], -1), ints("zero", [], 0)],
    ],
    output: [value("features", ["N", 5, "h", "w"])],
    valueInfo: [],
  };
  const { model } = await check(putModel(graph));
  expect(names(model.graph!.initializer!)).toEqual(expect.arrayContaining(["captured", "only"]));
  expect(names(model.graph!.initializer!)).not.toContain("unused");
});

test("operators that the model defines by others", async () => {
  const graph = {
    ...mapGraph,
    node: [node("Twice", "pixels", "changed", {}, "me"), node("Conv", "changed kernel", "map")],
  };
  const twice = { node: [node("Add", "features features", "images")], input: ["features"], output: ["images"] };
  const opsetImport = [{ domain: "", version: 17 }];
  const more = {
    opsetImport: [...opsetImport, { domain: "me", version: 1 }],
    functions: [{ name: "Twice", domain: "me", ...twice, opsetImport }],
  };
  const output = [value("map", ["N", 5, "h", "w"])];
  const { model } = await check(putModel({ ...graph, output, valueInfo: [] }, { more }));
  expect(names(model.functions)).toEqual(["Twice"]);
});

test("initialisers that are inputs too, as before IR version 4, are no inputs", async () => {
  const graph = { ...mapGraph, input: [...mapGraph.input, value("kernel", [5, 3, 3, 3]), value("classes", [5, 40])] };
  const { model } = await check(putModel(graph, { opset: 8, more: { irVersion: 3 } }));
  expect(names(model.graph!.input!)).toEqual(["images"]);
  expect(Number(model.irVersion)).toBe(4);
});

test("nodes are put in order; metadata, annotations and what they name are kept", async () => {
  const graph = {
    ...mapGraph,
    node: [...mapGraph.node].reverse(),
    initializer: [...mapGraph.initializer, floats("scale", 1)],
    quantizationAnnotation: [
      { tensorName: "map", quantParameterTensorNames: [{ key: "SCALE_TENSOR", value: "scale" }] },
      { tensorName: "logits", quantParameterTensorNames: [{ key: "SCALE_TENSOR", value: "classes" }] },
    ],
  };
  const more = { metadataProps: [{ key: "licence", value: "MIT" }], trainingInfo: [{}] };
  const { model } = await check(putModel(graph, { more }));
  const made = new Set([...names(model.graph!.initializer!), "images"]);
  for (const { input, output } of model.graph!.node!) {
    for (const name of input!) expect(made).toContain(name);
    for (const name of output!) made.add(name);
  }
  expect(names(model.graph!.initializer!)).toContain("scale");
  expect(names(model.graph!.initializer!)).not.toContain("classes");
  expect(model.graph!.quantizationAnnotation!.map(({ tensorName }) => tensorName)).toEqual(["map"]);
  expect(model.metadataProps.map(({ key }) => key)).toEqual(["licence"]);
  expect(model.trainingInfo).toEqual([]);
});

test("numbers in files beside it stay there, those of other outputs are left", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "weights"));
  const [kernel, classes] = mapGraph.initializer as [ReturnType<typeof floats>, ReturnType<typeof floats>];
  const beside = ({ rawData, ...tensor }: ReturnType<typeof floats>, location: string) => {
    writeFileSync(join(folder, location), rawData);
    return { ...tensor, dataLocation: 1, externalData: [{ key: "location", value: location }] };
  };
  const initializer = [beside(kernel, "weights/kernel.bin"), beside(classes, "classes.bin")];
  const { external } = await check(putModel({ ...mapGraph, initializer }, {}, folder));
  expect(external).toEqual([{ from: join(folder, "weights/kernel.bin"), name: "weights/kernel.bin" }]);
});

test.each([1, 2])("a fixed batch of %i stays", async (n) => {
  const fixed = {
    ...mapGraph,
    input: [value("pixels", [n, 3, SIDE, SIDE])],
    output: [value("features", [n, 5, 10, 10])],
    valueInfo: [value("map", [n, 5, 10, 10])],
  };
  const { batch, model } = await check(putModel(fixed), {}, n);
  expect(batch).toBe(n);
  expect(shapes([...model.graph!.input!, ...model.graph!.output!])).toEqual([
    ["images", n, 3, SIDE, SIDE],
    ["features", n, 4],
  ]);
  expect(names(model.graph!.valueInfo!)).toContain("map");
});

test("what cannot be joined is refused", async () => {
  const refusal = (graph: object, parts?: ModelParts, options = {}) =>
    messageOfRefusal(joinModels({ ...joinOptions(putModel(graph, parts), headModel(5).bytes), ...options }));
  const constant = { ...mapGraph, node: [node("Identity", "classes", "out")], output: [value("out", [5, 40])] };
  expect(await refusal(constant)).toMatch(/for each of 1 images/);
  expect(await refusal(mapGraph, {}, { output: "none" })).toMatch(
    /--feature-output none: expected one of the model's outputs/,
  );
  expect(await refusal(mapGraph, {}, { output: "logits" })).toMatch(
    /expected 5 features, which the head takes, found 40/,
  );
  expect(await refusal(tokenGraph, {}, { imageSize: SIDE + 1 })).toMatch(/--image-size: expected 12/);
  expect(await refusal(tokenGraph, {}, { pooling: "cls" })).toMatch(/--features cls: expected a class token/);
});
