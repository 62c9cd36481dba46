import { onnx } from "onnx-proto";
import { random } from "../src/core/index.ts";

type Dim = number | string;
type Type = "float32" | "float16";
/** `y = Op(a, b)`, with attributes that are lists of whole numbers, or one. */
export type ForeignNode = readonly [y: string, op: string, inputs: readonly string[], attributes?: object];

export interface ForeignModelParts {
  readonly inputs: Readonly<Record<string, readonly Dim[]>>;
  readonly outputs: Readonly<Record<string, readonly Dim[]>>;
  readonly nodes: readonly ForeignNode[];
  readonly constants?: Readonly<Record<string, { dims: number[]; floats?: number[]; ints?: number[]; file?: string }>>;
  readonly type?: Type;
}

/** An ONNX file (opset 13) as other tools write it. A constant with a `file` has its numbers there. */
export function foreignModel({ inputs, outputs, nodes, constants = {}, type = "float32" }: ForeignModelParts) {
  const elemType = type === "float32" ? 1 : 10;
  const values = (record: Readonly<Record<string, readonly Dim[]>>) =>
    Object.entries(record).map(([name, dims]) => ({
      name,
      type: { tensorType: { elemType, shape: { dim: dims.map(dimOf) } } },
    }));
  const model = {
    irVersion: 7,
    producerName: "test",
    opsetImport: [{ domain: "", version: 13 }],
    graph: {
      name: "graph",
      input: values(inputs),
      output: values(outputs),
      initializer: Object.entries(constants).map(([name, { dims, floats, ints, file }]) => ({
        ...{ name, dims, dataType: ints ? 7 : 1 },
        ...(file
          ? { dataLocation: 1, externalData: [{ key: "location", value: file }] }
          : { rawData: bytesOf(ints ? BigInt64Array.from(ints, BigInt) : Float32Array.from(floats!)) }),
      })),
      node: nodes.map(([output, opType, input, attributes = {}]) => ({
        ...{ output: [output], opType, input, name: output },
        attribute: Object.entries(attributes).map(([name, value]) =>
          Array.isArray(value) ? { name, type: 7, ints: value } : { name, type: 2, i: value },
        ),
      })),
    },
  };
  return onnx.ModelProto.encode(onnx.ModelProto.create(model as unknown as onnx.IModelProto)).finish();
}

const dimOf = (dim: Dim) => (typeof dim === "number" ? { dimValue: dim } : { dimParam: dim });
const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** Features [N, 3]: the mean of each channel. */
export const channelMeans = (size: Dim = "s", batch: Dim = "N", more: Partial<ForeignModelParts> = {}) =>
  foreignModel({
    inputs: { images: [batch, 3, size, size] },
    outputs: { features: [batch, 3] },
    nodes: [["features", "ReduceMean", ["images"], { axes: [2, 3], keepdims: 0 }]],
    ...more,
  });

/** Numbers that are the same for the same sizes. */
export const noiseConstant = (...dims: number[]) => {
  const rng = random(dims.length, dims[0]!);
  return { dims, floats: Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => rng.normal() / 3) };
};
/** Three blocks of a convolution with bias and a ReLU, and the mean of each channel. */
export const smallConvolutions = () =>
  foreignModel({
    inputs: { images: ["N", 3, 16, 16] },
    outputs: { features: ["N", 12] },
    nodes: [
      ["a", "Conv", ["images", "wa", "ba"], { strides: [2, 2], pads: [1, 1, 1, 1] }],
      ["b", "Relu", ["a"]],
      ["c", "Conv", ["b", "wc", "bc"], { pads: [1, 1, 1, 1] }],
      ["d", "Relu", ["c"]],
      ["e", "Conv", ["d", "we", "be"], { pads: [0, 0, 0, 0] }],
      ["features", "ReduceMean", ["e"], { axes: [2, 3], keepdims: 0 }],
    ],
    constants: {
      ...{ wa: noiseConstant(8, 3, 3, 3), ba: noiseConstant(8), wc: noiseConstant(16, 8, 3, 3), bc: noiseConstant(16) },
      ...{ we: noiseConstant(12, 16, 1, 1), be: noiseConstant(12) },
    },
  });
