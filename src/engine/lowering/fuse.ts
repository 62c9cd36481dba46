import { sameShape } from "../../core/index.ts";
import type { Node, Value } from "../graph/index.ts";
import type { OnnxNode } from "../onnx/index.ts";
import type { GraphEmitter } from "./emitter.ts";

type IsReadOnce = (value: Value) => boolean;

/** Lowers a node into the convolution before it, which computes it in its own pass. False where that cannot be. */
export const fuse = (emit: GraphEmitter, node: Node, isReadOnce: IsReadOnce): boolean =>
  fuseBias(emit, node, isReadOnce) || fuseActivation(emit, node, isReadOnce);

/**
 * Lowers an `add` of a convolution and one number a channel by giving the number to the convolution, which adds it in its
 * own pass. `isReadOnce` says of a value that this node alone reads it. False where that is not so.
 */
function fuseBias(emit: GraphEmitter, node: Node, isReadOnce: IsReadOnce): boolean {
  if (node.op !== "add") return false;
  const [a, b] = node.inputs as [Value, Value];
  return addBias(emit, node, a, b, isReadOnce) || addBias(emit, node, b, a, isReadOnce);
}

function addBias(
  emit: GraphEmitter,
  { outputs: [y] }: Node,
  product: Value,
  bias: Value,
  isReadOnce: IsReadOnce,
): boolean {
  const channels = product.shape[1]!;
  const isVector = [
    [channels, 1, 1],
    [1, channels, 1, 1],
  ].some((shape) => sameShape(shape, bias.shape));
  if (product.node?.op !== "conv2d" || !isVector || !isReadOnce(product)) return false;
  const isBlocked = emit.isBlocked(product);
  const name = isBlocked ? emit.blocked(product) : emit.plain(product);
  const at = emit.written.findLastIndex(({ outputs }) => outputs[0] === name);
  const written = emit.written[at];
  if (written?.op !== "Conv" || written.inputs.length !== 2) return false;
  const vector = vectorOf(emit, bias, channels);
  // Behind the bias, which may have been computed after the convolution.
  emit.written.splice(at, 1);
  emit.written.push({ ...written, inputs: [...written.inputs, vector] });
  if (isBlocked) emit.defineBlocked(y!, name);
  else {
    emit.plainNames.delete(product);
    emit.definePlain(y!, name);
  }
  return true;
}

/** Bounds of float32: without them the blocked convolution takes none. */
const LARGEST = 3.4028234663852886e38;

/** Lowers a `relu` or `clip` of what a blocked convolution gives; no gradient reads that. */
function fuseActivation(emit: GraphEmitter, node: Node, isReadOnce: IsReadOnce): boolean {
  if (node.op !== "relu" && node.op !== "clip") return false;
  const [x] = node.inputs as [Value];
  if (!emit.isBlocked(x) || !isReadOnce(x)) return false;
  const name = emit.blocked(x);
  const at = emit.written.findLastIndex(({ outputs }) => outputs[0] === name);
  const written = emit.written[at];
  if (written?.op !== "Conv" || written.attributes.activation) return false;
  emit.written[at] = { ...written, attributes: { ...written.attributes, ...activationOf(node) } };
  emit.defineBlocked(node.outputs[0]!, name);
  return true;
}

function activationOf(node: Node): OnnxNode["attributes"] {
  if (node.op === "relu") return { activation: { string: "Relu" } };
  const { min, max } = (node as Node<"clip">).attributes;
  const bounds = [Math.max(min, -LARGEST), Math.min(max, LARGEST)];
  return { activation: { string: "Clip" }, activation_params: { floats: bounds } };
}

/** The bias as [C]: most often what was reshaped to it. */
function vectorOf(emit: GraphEmitter, bias: Value, channels: number): string {
  const source = bias.node?.op === "reshape" ? bias.node.inputs[0]! : bias;
  if (sameShape(source.shape, [channels])) return emit.plain(source);
  return emit.node("Reshape", [emit.plain(bias), emit.ints([channels])]);
}
