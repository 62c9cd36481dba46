import { fail, sameShape, showShape, type Tensors } from "../core/index.ts";
import { Graph, lowerToBytes, ops, type Value } from "../engine/index.ts";
import { type BackboneName, backbone, type WeightStore } from "../nn/index.ts";

export interface EncoderOptions {
  readonly backbone: BackboneName;
  readonly imageSize: number;
}

/**
 * The query encoder's backbone as an ONNX model of standard operators, evaluation mode: input `images`
 * ["batch", 3, S, S], output `features` ["batch", F], not normalised. Tensors are a step's state, or the encoder's own
 * names without a prefix. Throws `weights` listing what is missing.
 */
export function encoderModel({ backbone: name, imageSize: s }: EncoderOptions, tensors: Tensors): Uint8Array {
  const graph = new Graph(ops);
  const missing: string[] = [];
  const store = constantStore(graph, tensors, missing);
  const features = backbone(name, store, graph.input("images", "float32", [1, 3, s, s]));
  if (missing.length > 0) {
    const found = `none for ${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ` and ${missing.length - 5} more` : ""}`;
    fail("weights", { where: name, expected: "a tensor for every parameter of the backbone", found });
  }
  graph.output("features", features);
  const freeShapes = { images: ["batch", 3, s, s], features: ["batch", features.shape[1]!] };
  return lowerToBytes(graph, { block: 0, freeShapes });
}

const prefixes = ["query_encoder.net.", "net.", ""];

function constantStore(graph: Graph, tensors: Tensors, missing: string[]): WeightStore {
  const take = (name: string, shape: readonly number[]): Value => {
    const prefix = prefixes.find((p) => `${p}${name}` in tensors);
    const tensor = prefix === undefined ? undefined : tensors[`${prefix}${name}`];
    if (tensor && !(tensor.data instanceof Float32Array && sameShape(tensor.shape, shape))) {
      const found = `${tensor.dtype} ${showShape(tensor.shape)}`;
      fail("weights", { where: name, expected: `float32 ${showShape(shape)}`, found });
    }
    if (!tensor) missing.push(name);
    const data = (tensor?.data as Float32Array | undefined) ?? new Float32Array(shape.reduce((a, b) => a * b, 1));
    return graph.constant({ dtype: "float32", shape, data });
  };
  return {
    graph,
    training: false,
    parameter: (name, shape) => take(name, shape),
    buffer: (name, shape) => take(name, shape),
    statistics: () => {},
  };
}
