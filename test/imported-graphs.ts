import { readFileSync } from "node:fs";
import { onnx } from "onnx-proto";
import { hashedUniform } from "./golden/hashed.ts";

const { FLOAT, INT, STRING, TENSOR, INTS } = onnx.AttributeProto.AttributeType;

interface Small {
  readonly type: number;
  readonly dims: number[];
  readonly data: number[];
}
type Attribute = number | number[] | { f: number } | { s: string } | { t: Small };

/** An export without its weights, and what torch gives for their gradients: `tools/reference/make_imports.py` wrote it. */
export interface ImportedGraph {
  readonly seed: number;
  readonly opset: number;
  /** Side of the images in pixels. */
  readonly size: number;
  /** Images that it takes at once; absent where any number. */
  readonly batch?: number;
  /** Of the output. */
  readonly rank: number;
  readonly nodes: readonly (readonly [
    op: string,
    inputs: string,
    outputs: string,
    attributes?: Record<string, Attribute>,
  ])[];
  /** offset + U(name, dims, bound) */
  readonly weights: readonly (readonly [name: string, dims: number[], offset: number, bound: number])[];
  readonly constants: Readonly<Record<string, Small>>;
  /** The first features of the first image, before pooling where they are rank 2. */
  readonly features: readonly number[];
  /** Norm and three hashed projections of each weight's gradient. */
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

export const readGraph = (name: string): ImportedGraph =>
  JSON.parse(readFileSync(new URL(`./golden/imports/${name}.json`, import.meta.url), "utf8"));

/** The numbers of the weights, by name. */
export function weightsOf({ weights, seed }: ImportedGraph): Map<string, Float32Array> {
  return new Map(
    weights.map(([name, dims, offset, bound]) => [
      name,
      hashedUniform(name, dims, bound, seed).map((value) => value + offset),
    ]),
  );
}

interface Written {
  /** More outputs. */
  readonly outputs?: readonly string[];
  readonly batch?: number | string;
}

/** The graph as an ONNX file. */
export function onnxBytes(
  graph: ImportedGraph,
  { outputs = [], batch = graph.batch ?? "batch" }: Written = {},
): Uint8Array {
  const numbers = weightsOf(graph);
  const names = (text: string) =>
    text
      .split(" ")
      .filter(Boolean)
      .map((name) => (name === "-" ? "" : name));
  const weights = graph.weights.map(([name, dims]) => {
    const { buffer } = numbers.get(name)!;
    return { name, dims, dataType: 1, rawData: new Uint8Array(buffer) };
  });
  const shape = (dims: readonly (number | string)[]) => ({
    dim: dims.map((dim) => (typeof dim === "number" ? { dimValue: dim } : { dimParam: dim })),
  });
  const free = Array.from({ length: graph.rank - 1 }, (_, i) => `d${i}`);
  const model = {
    irVersion: 8,
    producerName: "test",
    opsetImport: [{ domain: "", version: graph.opset }],
    graph: {
      name: "graph",
      node: graph.nodes.map(([opType, input, output, attributes = {}], i) => ({
        ...{ opType, name: `n${i}`, input: names(input), output: names(output) },
        attribute: Object.entries(attributes).map(([name, value]) => attributeOf(name, value)),
      })),
      initializer: [...weights, ...Object.entries(graph.constants).map(([name, small]) => tensorOf(name, small))],
      input: [
        { name: "images", type: { tensorType: { elemType: 1, shape: shape([batch, 3, graph.size, graph.size]) } } },
      ],
      output: [
        { name: "features", type: { tensorType: { elemType: 1, shape: shape([batch, ...free]) } } },
        ...outputs.map((name) => ({ name, type: { tensorType: { elemType: 1 } } })),
      ],
    },
  };
  return onnx.ModelProto.encode(onnx.ModelProto.create(model as unknown as onnx.IModelProto)).finish();
}

function attributeOf(name: string, value: Attribute) {
  if (typeof value === "number") return { name, type: INT, i: value };
  if (Array.isArray(value)) return { name, type: INTS, ints: value };
  if ("f" in value) return { name, type: FLOAT, f: value.f };
  return "s" in value
    ? { name, type: STRING, s: new TextEncoder().encode(value.s) }
    : { name, type: TENSOR, t: tensorOf("", value.t) };
}

/** `TensorProto.DataType` */
const [FLOAT32, INT32, BOOL] = [1, 6, 9];

function tensorOf(name: string, { type, dims, data }: Small) {
  if (type === FLOAT32) return { name, dims, dataType: type, floatData: data };
  return type === BOOL || type === INT32
    ? { name, dims, dataType: type, int32Data: data.map(Number) }
    : { name, dims, dataType: type, rawData: new Uint8Array(BigInt64Array.from(data, whole).buffer) };
}

/** JSON rounds the largest int64, which exporters write as "to the end", to one more. */
const whole = (value: number): bigint => (value >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(value));
