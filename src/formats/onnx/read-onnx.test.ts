import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onnx } from "onnx-proto";
import { describe, expect, test } from "vitest";
import { messageOfRefusal, survivesDamage } from "../../../test/refusals.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { withRanges } from "../byte-ranges.ts";
import { externalFiles, type OnnxFile, readOnnx } from "./index.ts";

const raw = (values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const { TensorProto, AttributeProto } = onnx;
const kinds = AttributeProto.AttributeType;

const tensor = (name: string, more: object = {}) => ({
  ...{ name, dataType: TensorProto.DataType.FLOAT, dims: [2], rawData: raw([1, 2]) },
  ...more,
});
const value = (name: string, ...dims: (number | string)[]) => ({
  name,
  type: {
    tensorType: {
      elemType: 1,
      shape: { dim: dims.map((dim) => (typeof dim === "number" ? { dimValue: dim } : { dimParam: dim })) },
    },
  },
});

const inner = { name: "inner", node: [{ opType: "Identity", input: ["a"], output: ["b"] }], output: [value("b")] };
const node = {
  ...{ opType: "Conv", domain: "ai.onnx", name: "first", input: ["x", "w", ""], output: ["y"] },
  attribute: [
    { name: "group", type: kinds.INT, i: -1 },
    { name: "alpha", type: kinds.FLOAT, f: 0.5 },
    { name: "mode", type: kinds.STRING, s: new TextEncoder().encode("µ") },
    { name: "pads", type: kinds.INTS, ints: [0, 1, 300] },
    { name: "scales", type: kinds.FLOATS, floats: [0.5, -2] },
    { name: "keys", type: kinds.STRINGS, strings: [new TextEncoder().encode("k")] },
    { name: "value", type: kinds.TENSOR, t: tensor("") },
    { name: "body", type: kinds.GRAPH, g: inner },
    { name: "more", type: kinds.GRAPHS, graphs: [inner] },
  ],
};
const typed = {
  dataType: TensorProto.DataType.INT8,
  dims: [3],
  rawData: undefined,
  int32Data: [1, 2, 3],
};

const model = (graph: object = {}, more: object = {}) => ({
  ...{ irVersion: 8, producerName: "torch", producerVersion: "2.13", opsetImport: [{ domain: "", version: 17 }] },
  metadataProps: [{ key: "k", value: "v" }],
  functions: [{ name: "Mine", domain: "me" }],
  graph: {
    ...{ name: "g", node: [node], initializer: [tensor("w"), tensor("q", typed)] },
    ...{ input: [value("x", "N", 3, 8, 8)], output: [value("y", "N", 4), { name: "free", type: {} }] },
    ...graph,
  },
  ...more,
});

function put(folder: string, content: object, name = "model.onnx"): string {
  const file = join(folder, name);
  writeFileSync(file, onnx.ModelProto.encode(onnx.ModelProto.create(content as onnx.IModelProto)).finish());
  return file;
}

const read = (content: object): Promise<OnnxFile> => withRanges(put(temporaryFolder(), content), readOnnx);

test("a model of another writer is read, its numbers apart", async () => {
  const { graph, ...rest } = await read(model());
  expect(rest).toEqual({
    ...{ irVersion: 8, producer: "torch 2.13", functions: ["Mine"] },
    ...{ opsets: new Map([["", 17]]), metadata: new Map([["k", "v"]]), external: [] },
  });
  expect(graph.inputs).toEqual([{ name: "x", type: "float32", shape: ["N", 3, 8, 8] }]);
  expect(graph.outputs).toEqual([
    { name: "y", type: "float32", shape: ["N", 4] },
    { name: "free", type: "unknown" },
  ]);
  expect(graph.tensors).toMatchObject([
    { name: "w", type: "float32", shape: [2], data: { raw: { length: 8 } } },
    { name: "q", type: "int8", shape: [3], data: { typed: [{ length: 3 }] } },
  ]);
  const [first] = graph.nodes;
  expect(first).toMatchObject({ op: "Conv", domain: "", name: "first", inputs: ["x", "w", ""], outputs: ["y"] });
  expect(Object.fromEntries(first!.attributes)).toMatchObject({
    group: { int: -1n },
    alpha: { float: 0.5 },
    mode: { string: "µ" },
    pads: { ints: [0n, 1n, 300n] },
    scales: { floats: [0.5, -2] },
    keys: { strings: ["k"] },
    value: { tensor: { name: "", shape: [2] } },
    body: { graph: { nodes: [{ op: "Identity", inputs: ["a"] }] } },
    more: { other: "graphs" },
  });
});

test.each<[string, object, RegExp]>([
  ["no graph", { irVersion: 8 }, /one graph, found 0 graphs/],
  ["a shape that overflows", model({ initializer: [tensor("w", { dims: [2 ** 40, 2 ** 40] })] }), /sizes below 2\^53/],
  ["a negative size", model({ initializer: [tensor("w", { dims: [-2] })] }), /found \[-2\]/],
  ["too few bytes", model({ initializer: [tensor("w", { dims: [3] })] }), /12 bytes for float32 \[3\] .*"w", found 8/],
  ["no numbers", model({ initializer: [tensor("w", { rawData: undefined })] }), /numbers for float32 \[2\] .* none/],
  ["an unknown type", model({ initializer: [tensor("w", { dataType: 99 })] }), /known type .*"w", found type 99/],
  ["many dimensions", model({ initializer: [tensor("w", { dims: Array(40).fill(1) })] }), /at most 32 dimensions/],
])("%s is refused with its place", async (_, content, message) => {
  const refusal = await messageOfRefusal(read(content));
  expect(refusal).toMatch(message);
  expect(refusal).toMatch(/model\.onnx, byte \d+: expected /);
});

test("graphs within graphs have a depth", async () => {
  let graph: object = inner;
  for (let i = 0; i < 9; i++) {
    graph = { node: [{ opType: "If", output: ["y"], attribute: [{ name: "then", type: kinds.GRAPH, g: graph }] }] };
  }
  expect(await messageOfRefusal(read(model(graph)))).toMatch(/graphs in at most 8 others, found more/);
});

test("a damaged file is read or refused with its place", async () => {
  const file = join(temporaryFolder(), "model.onnx");
  const bytes = onnx.ModelProto.encode(onnx.ModelProto.create(model() as onnx.IModelProto)).finish();
  const damaged = async (content: Uint8Array) => {
    writeFileSync(file, content);
    await withRanges(file, readOnnx);
  };
  await survivesDamage(bytes, file, damaged, { runs: 300, refused: 100 });
});

test("millions of empty parts are refused", async () => {
  const file = join(temporaryFolder(), "model.onnx");
  writeFileSync(file, Buffer.alloc(2 ** 24, Uint8Array.of(0x0a, 0)));
  expect(await messageOfRefusal(withRanges(file, readOnnx))).toMatch(/byte 8000000: expected at most 4000000 parts/);
});

describe("numbers in files beside it", () => {
  const outside = (location: string, more: Record<string, string> = {}) => {
    const externalData = Object.entries({ location, ...more }).map(([key, text]) => ({ key, value: text }));
    const stored = { rawData: undefined, dataLocation: TensorProto.DataLocation.EXTERNAL, externalData };
    return model({ initializer: [tensor("w", stored)] });
  };
  const filesOf = async (folder: string, content: object) => {
    const file = put(folder, content);
    return externalFiles(file, await withRanges(file, readOnnx));
  };

  test("are found, also in a folder below", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "weights"));
    writeFileSync(join(folder, "weights/w.bin"), new Uint8Array(20));
    const files = await filesOf(folder, outside("weights/w.bin", { offset: "12", length: "8" }));
    expect([...files.values()]).toEqual([20]);
  });

  const stolen = {
    ...{ name: "w", dims: [2], dataType: 1, dataLocation: TensorProto.DataLocation.EXTERNAL },
    externalData: [{ key: "location", value: "/etc/passwd" }],
  };
  const holds = (attribute: object) => ({
    opType: "Constant",
    output: ["y"],
    attribute: [{ name: "value", ...attribute }],
  });
  test.each<[string, object]>([
    ["an attribute", model({ node: [holds({ type: kinds.TENSOR, t: stolen })] })],
    ["an attribute of another type than it says", model({ node: [holds({ type: kinds.INT, t: stolen })] })],
    ["a list of tensors", model({ node: [holds({ type: kinds.TENSORS, tensors: [stolen] })] })],
    ["a sparse tensor", model({ node: [holds({ type: kinds.SPARSE_TENSOR, sparseTensor: { indices: stolen } })] })],
    ["a list of graphs", model({ node: [holds({ type: kinds.GRAPHS, graphs: [{ initializer: [stolen] }] })] })],
    ["a sparse initialiser", model({ sparseInitializer: [{ values: stolen, dims: [9] }] })],
    ["a function", model({}, { functions: [{ name: "F", node: [holds({ type: kinds.TENSOR, t: stolen })] }] })],
    ["training", model({}, { trainingInfo: [{ algorithm: { initializer: [stolen] } }] })],
  ])("outside its folder are refused in %s", async (_, content) => {
    expect(await messageOfRefusal(filesOf(temporaryFolder(), content))).toMatch(
      /its own folder, found "\/etc\/passwd"/,
    );
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ["../w.bin", {}, /its own folder, found "\.\.\/w\.bin"/],
    ["a/../../w.bin", {}, /its own folder/],
    ["/etc/passwd", {}, /its own folder/],
    ["C:\\w.bin", {}, /its own folder/],
    ["", {}, /its own folder/],
    ["link.bin", {}, /its own folder, found "link\.bin", a link to/],
    ["none.bin", {}, /none\.bin: expected a readable file, found nothing of that name/],
    ["short.bin", {}, /short\.bin: expected 8 bytes, for the tensor "w" .* found 4 bytes/],
    ["short.bin", { offset: "1000000", length: "8" }, /expected 1000008 bytes/],
    ["short.bin", { offset: "-1" }, /whole number as offset .*"-1"/],
    ["short.bin", { length: "1e3" }, /whole number as length/],
    ["short.bin", { length: "4" }, /8 bytes for float32 \[2\] .* found 4/],
  ])("%j %j is refused", async (location, more, message) => {
    const root = temporaryFolder();
    const folder = join(root, "model");
    mkdirSync(folder);
    for (const place of [root, folder]) writeFileSync(join(place, "short.bin"), new Uint8Array(4));
    writeFileSync(join(root, "w.bin"), new Uint8Array(8));
    symlinkSync(join(root, "w.bin"), join(folder, "link.bin"));
    expect(await messageOfRefusal(filesOf(folder, outside(location, more)))).toMatch(message);
  });
});
