import { onnx } from "onnx-proto";
import { describe, expect, test } from "vitest";
import { IR_VERSION, type OnnxModel } from "./model.ts";
import { writeModel } from "./write.ts";

/** One of everything the writer knows. */
const model: OnnxModel = {
  nodes: [
    {
      op: "Conv",
      domain: "com.microsoft.nchwc",
      name: "query/conv1/Conv.0",
      inputs: ["x", "w", "", "sum"],
      outputs: ["y"],
      attributes: {
        group: { int: -3 },
        big: { int: 2 ** 40 },
        alpha: { float: 0.1 },
        activation: { string: "Relu" },
        pads: { ints: [0, 1, -1, 300] },
        none: { ints: [] },
        scales: { floats: [0.5, -2] },
      },
    },
    { op: "Identity", domain: "", name: "µ", inputs: ["y"], outputs: ["z"], attributes: {} },
  ],
  initializers: [
    { name: "w", dtype: "float32", shape: [2, 1], bytes: new Uint8Array(Float32Array.of(1.5, -2).buffer) },
    { name: "i", dtype: "int64", shape: [1], bytes: new Uint8Array(BigInt64Array.of(-7n).buffer) },
    { name: "flag", dtype: "bool", shape: [], bytes: Uint8Array.of(1) },
    { name: "n", dtype: "int32", shape: [0], bytes: new Uint8Array(0) },
  ],
  inputs: [{ name: "x", dtype: "float32", shape: ["batch", 3, 8, 8] }],
  outputs: [{ name: "z", dtype: "int32", shape: [] }],
  opsets: { "": 17, "com.microsoft.nchwc": 1 },
  metadata: { backbone: "resnet20" },
  values: [{ name: "y", dtype: "float32", shape: ["batch", 4] }],
  doc: "What it is: µ",
  producerVersion: "1.2.3",
};

const decoded = onnx.ModelProto.decode(writeModel(model));

describe("the official message definitions read what is written", () => {
  test("header", () => {
    expect(Number(decoded.irVersion)).toBe(IR_VERSION);
    expect([decoded.producerName, decoded.producerVersion]).toEqual(["maskcon", "1.2.3"]);
    expect(decoded.docString).toBe("What it is: µ");
    expect(decoded.opsetImport.map(({ domain, version }) => [domain, Number(version)])).toEqual(
      Object.entries(model.opsets),
    );
    expect(decoded.metadataProps.map(({ key, value }) => [key, value])).toEqual([["backbone", "resnet20"]]);
  });

  test("nodes", () => {
    const nodes = decoded.graph!.node!;
    expect(nodes.map(({ opType, domain, name }) => [opType, domain, name])).toEqual([
      ["Conv", "com.microsoft.nchwc", "query/conv1/Conv.0"],
      ["Identity", "", "µ"],
    ]);
    expect(nodes.map(({ input, output }) => [input, output])).toEqual([
      [["x", "w", "", "sum"], ["y"]],
      [["y"], ["z"]],
    ]);
  });

  test("attributes, with their types", () => {
    const types = onnx.AttributeProto.AttributeType;
    const found = Object.fromEntries(decoded.graph!.node![0]!.attribute!.map((a) => [a.name, a]));
    expect(Number(found.group!.i)).toBe(-3);
    expect(Number(found.big!.i)).toBe(2 ** 40);
    expect(found.group!.type).toBe(types.INT);
    expect(found.alpha).toMatchObject({ type: types.FLOAT, f: Math.fround(0.1) });
    expect(new TextDecoder().decode(found.activation!.s!)).toBe("Relu");
    expect(found.activation!.type).toBe(types.STRING);
    expect(found.pads!.ints!.map(Number)).toEqual([0, 1, -1, 300]);
    expect([found.pads!.type, found.none!.type]).toEqual([types.INTS, types.INTS]);
    expect(found.scales).toMatchObject({ type: types.FLOATS, floats: [0.5, -2] });
  });

  test("tensors and value types", () => {
    const types = onnx.TensorProto.DataType;
    const { initializer, input, output, valueInfo } = decoded.graph!;
    expect(initializer!.map(({ name, dataType }) => [name, dataType])).toEqual([
      ["w", types.FLOAT],
      ["i", types.INT64],
      ["flag", types.BOOL],
      ["n", types.INT32],
    ]);
    expect(initializer!.map(({ dims }) => dims!.map(Number))).toEqual([[2, 1], [1], [], [0]]);
    expect(initializer!.map(({ rawData }) => Buffer.from(rawData!).toString("hex"))).toEqual([
      "0000c03f000000c0",
      "f9ffffffffffffff",
      "01",
      "",
    ]);
    const shapeOf = ({ type }: onnx.IValueInfoProto) =>
      type!.tensorType!.shape!.dim!.map(({ dimParam, dimValue }) => dimParam || Number(dimValue));
    expect(shapeOf(input![0]!)).toEqual(["batch", 3, 8, 8]);
    expect(output![0]!.type!.tensorType!.elemType).toBe(types.INT32);
    expect(valueInfo!.map((value) => [value.name, shapeOf(value)])).toEqual([["y", ["batch", 4]]]);
  });
});
