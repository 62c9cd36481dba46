import type { Graph } from "../graph/index.ts";
import type { OnnxModel, OnnxTensor, OnnxValue } from "../onnx/index.ts";
import { FreeTargets, refuseBatch } from "./free-targets.ts";
import { lower } from "./lower.ts";

interface AnyBatchOptions {
  /** Version of ONNX's operator set, 13 to 17. */
  readonly opset: number;
  /** Name of the free dimension. */
  readonly batch: string;
}

/** The batches that are compared: what is 2 k long with the one and 3 k with the other has k entries an image. */
const SMALL = 2;
const LARGE = 3;

/**
 * A model of standard operators that others run with any batch. `build` writes the graph for a batch, which is the first
 * dimension of every input. It is lowered for two batches. Where they differ, the batch is left free: in the types of
 * tensors, in the targets of reshapes and in those of expansions. The model lists the tensors between inputs and outputs
 * with their shapes.
 * @throws MaskconError "engine" where the two differ in anything else: the model would be right for one batch alone.
 */
export function lowerAnyBatch(build: (batch: number) => Graph, { opset, batch }: AnyBatchOptions): OnnxModel {
  const lowered = (n: number) => lower(build(n), { block: 0, opset, listValues: true }).model;
  const [small, large] = [lowered(SMALL), lowered(LARGE)];
  if (small.nodes.length !== large.nodes.length) {
    refuseBatch("model", `${small.nodes.length} nodes for one batch and ${large.nodes.length} for another`);
  }
  const typesOf = (list: (model: OnnxModel) => readonly OnnxValue[]) =>
    list(small).map((value, i) => freeType(value, list(large)[i], batch));
  const inputs = typesOf((model) => model.inputs);
  const targets = new FreeTargets(small, large, inputs[0]!.name);
  const nodes = small.nodes.flatMap((node, i) => targets.free(node, large.nodes[i]!));
  const read = new Set(nodes.flatMap((node) => node.inputs));
  return {
    ...small,
    nodes,
    initializers: [...small.initializers, ...targets.added].filter(({ name }: OnnxTensor) => read.has(name)),
    inputs,
    outputs: typesOf((model) => model.outputs),
    values: typesOf((model) => model.values ?? []),
  };
}

/** A type with its free lengths named: `batch`, or `batch*k` where an axis holds k entries of every image. */
function freeType(small: OnnxValue, large: OnnxValue | undefined, batch: string): OnnxValue {
  if (small.name !== large?.name || small.shape.length !== large.shape.length) {
    refuseBatch(small.name, "tensors of other names or ranks for another batch");
  }
  const shape = small.shape.map((n, axis) => {
    if (n === large.shape[axis]) return n;
    const share = Number(n) / SMALL;
    if (share * LARGE !== large.shape[axis])
      refuseBatch(small.name, `axis ${axis}, which grows otherwise than the batch`);
    return share === 1 ? batch : `${batch}*${share}`;
  });
  return { ...small, shape };
}
