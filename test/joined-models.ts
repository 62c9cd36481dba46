import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onnx } from "onnx-proto";
import type { JoinOptions } from "../src/backbone/join/index.ts";
import { random } from "../src/core/index.ts";
import { add, Graph, lowerAnyBatch, matmul, ops, relu, writeModel } from "../src/engine/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const { INT, INTS, FLOAT, STRING, TENSOR, GRAPH } = onnx.AttributeProto.AttributeType;
/** A number is a whole one; `{ float }` is another. */
type Attribute = number | string | readonly number[] | object;

const attribute = (name: string, value: Attribute) => {
  if (typeof value === "number") return { name, type: INT, i: value };
  if (Array.isArray(value)) return { name, type: INTS, ints: value };
  if (typeof value === "string") return { name, type: STRING, s: new TextEncoder().encode(value) };
  if ("float" in (value as object)) return { name, type: FLOAT, f: (value as { float: number }).float };
  return "dims" in (value as object) ? { name, type: TENSOR, t: value } : { name, type: GRAPH, g: value };
};
/** Names of inputs and outputs with spaces between. */
export const node = (
  op: string,
  input: string,
  output: string,
  attributes: Record<string, Attribute> = {},
  domain = "",
) => ({
  ...{ opType: op, domain, name: output, input: input.split(" "), output: output.split(" ") },
  attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
});
/** Of float32; a text names a free dimension. */
export const value = (name: string, dims: readonly (number | string)[], elemType = 1) => ({
  name,
  type: {
    tensorType: {
      elemType,
      shape: { dim: dims.map((dim) => (typeof dim === "number" ? { dimValue: dim } : { dimParam: dim })) },
    },
  },
});
/** An initialiser of noise. */
export const floats = (name: string, ...dims: number[]) => {
  const rng = random(name.length, dims[0] ?? 0);
  const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => rng.normal() / 2);
  return { name, dims, dataType: 1, rawData: new Uint8Array(data.buffer) };
};
export const ints = (name: string, dims: number[], ...values: number[]) => ({
  ...{ name, dims, dataType: 7, rawData: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) },
});

export interface ModelParts {
  readonly opset?: number;
  readonly more?: object;
}

/** Writes a model whose producer is another program. */
export function putModel(
  graph: object,
  { opset = 13, more = {} }: ModelParts = {},
  folder = temporaryFolder(),
): string {
  const model = { irVersion: 8, producerName: "test", opsetImport: [{ domain: "", version: opset }], graph, ...more };
  const file = join(folder, "trunk.onnx");
  writeFileSync(file, onnx.ModelProto.encode(onnx.ModelProto.create(model as unknown as onnx.IModelProto)).finish());
  return file;
}

/** Of images, in pixels. */
export const SIDE = 12;
const HIDDEN = 7;
const PROJECTED = 4;

/** A head (x + B relu(A x)) P of `inputDim` numbers, and what it computes of rows. */
export function headModel(inputDim: number): { bytes: Uint8Array; compute(rows: Float32Array): number[] } {
  const rng = random(inputDim, 1);
  const shapes = {
    "adapter.a": [inputDim, HIDDEN],
    "adapter.b": [HIDDEN, inputDim],
    projection: [inputDim, PROJECTED],
  };
  const matrices = Object.entries(shapes).map(([name, shape]) => {
    const data = Float32Array.from({ length: shape[0]! * shape[1]! }, () => rng.normal() / 2);
    return { name, shape, data, dtype: "float32" as const };
  });
  const graphOf = (batch: number): Graph => {
    const graph = new Graph(ops);
    const x = graph.input("backbone_features", "float32", [batch, inputDim]);
    const [a, b, p] = matrices.map((matrix) => graph.constant(matrix));
    graph.output("features", matmul(add(x, matmul(relu(matmul(x, a!)), b!)), p!));
    return graph;
  };
  const times = (row: readonly number[], { data, shape }: (typeof matrices)[number]) =>
    Array.from({ length: shape[1]! }, (_, j) =>
      row.reduce((sum, value, i) => sum + value * data[i * shape[1]! + j]!, 0),
    );
  return {
    bytes: writeModel(lowerAnyBatch(graphOf, { opset: 14, batch: "batch" })),
    compute: (rows) =>
      Array.from({ length: rows.length / inputDim }, (_, r) => {
        const row = [...rows.subarray(r * inputDim, (r + 1) * inputDim)];
        const hidden = times(row, matrices[0]!).map((value) => Math.max(0, value));
        const sum = times(hidden, matrices[1]!).map((value, i) => value + row[i]!);
        return times(sum, matrices[2]!);
      }).flat(),
  };
}

export const joinOptions = (trunk: string, head: Uint8Array): JoinOptions => ({
  ...{ trunk, head, imageSize: SIDE, inputName: "images", outputName: "features", doc: "A joined model." },
  producer: { name: "maskcon", version: "1.2.3" },
});
