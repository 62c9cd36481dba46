import { fail, firstFew, sameShape, showShape, type Tensors } from "../core/index.ts";
import { checkStructure, Graph, lowerAnyBatch, ops, type Value, writeModel } from "../engine/index.ts";
import { type NetworkOptions, networkOf, type WeightStore } from "../nn/index.ts";

/** What the model says of itself beside its backbone, inputs and outputs. */
export interface EncoderNotes {
  /** How to prepare images, in sentences: the end of the model's doc string. */
  readonly preprocessing?: string;
  /** Version of this package. */
  readonly producerVersion?: string;
}

/**
 * The oldest that all tools compute alike: ONNX's reference implementation computes the BatchNormalization of earlier ones
 * as in training (docs/decisions.md).
 */
const EXPORT_OPSET = 14;

/**
 * The query encoder's backbone as an ONNX model for any tool: standard operators of opset 14 in topological order,
 * evaluation mode; input `images` ["batch", 3, S, S] (of an adapter `backbone_features` ["batch", F']), output `features`
 * ["batch", F], not normalised. Tensors are a step's
 * state, or the encoder's own names without a prefix; the model's initializers have those names.
 * @throws MaskconError "weights" where tensors are missing or of another shape, with their names.
 */
export function encoderModel(options: NetworkOptions, tensors: Tensors, notes: EncoderNotes = {}): Uint8Array {
  const { inputShape, build } = networkOf(options);
  const { input, output } = encoderNames(options);
  const graphOf = (batch: number): Graph => {
    const graph = new Graph(ops);
    const missing: string[] = [];
    const store = constantStore(graph, tensors, missing);
    graph.output(output, build(store, graph.input(input, "float32", [batch, ...inputShape])));
    if (missing.length === 0) return graph;
    const found = `none for ${firstFew(missing)}`;
    fail("weights", { where: nameOf(options), expected: "a tensor for every parameter of the backbone", found });
  };
  const model = lowerAnyBatch(graphOf, { opset: EXPORT_OPSET, batch: "batch" });
  const { preprocessing = "Images are scaled and normalised as they were for training.", ...producer } = notes;
  const doc = `${describe(options, Number(model.outputs[0]!.shape[1]))} ${preprocessing}`;
  checkStructure(model);
  return writeModel({ ...producer, ...model, doc });
}

/** Names of the model's input and output. */
export const encoderNames = ({ backbone }: NetworkOptions) =>
  typeof backbone === "object"
    ? { input: "backbone_features", output: "features" }
    : { input: "images", output: "features" };

const nameOf = ({ backbone }: NetworkOptions): string => (typeof backbone === "object" ? "adapter" : backbone);

const describe = (options: NetworkOptions, featureDim: number): string =>
  `Image encoder (${nameOf(options)}). Input "${encoderNames(options).input}": float32 ` +
  `[batch, ${networkOf(options).inputShape.join(", ")}]${typeof options.backbone === "object" ? "" : ", RGB"}. ` +
  `Output "features": float32 [batch, ${featureDim}], not normalised; compare them by cosine.`;

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
    return graph.constant({ dtype: "float32", shape, data, name });
  };
  return {
    graph,
    training: false,
    parameter: (name, shape) => take(name, shape),
    buffer: (name, shape) => take(name, shape),
    fixed: (name, shape) => take(name, shape),
    statistics: () => {},
  };
}
