import { sameShape } from "../../core/index.ts";
import type { Node, Value } from "../graph/index.ts";
import type { GraphEmitter } from "./emitter.ts";

/**
 * Lowers an `add` of a convolution and one number a channel by giving the number to the convolution, which adds it in its
 * own pass. `isReadOnce` says of a value that this node alone reads it. False where that is not so.
 */
export function fuseBias(emit: GraphEmitter, node: Node, isReadOnce: (value: Value) => boolean): boolean {
  if (node.op !== "add") return false;
  const [a, b] = node.inputs as [Value, Value];
  return fuse(emit, node, a, b, isReadOnce) || fuse(emit, node, b, a, isReadOnce);
}

function fuse(
  emit: GraphEmitter,
  { outputs: [y] }: Node,
  product: Value,
  bias: Value,
  isReadOnce: (value: Value) => boolean,
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

/** The bias as [C]: most often what was reshaped to it. */
function vectorOf(emit: GraphEmitter, bias: Value, channels: number): string {
  const source = bias.node?.op === "reshape" ? bias.node.inputs[0]! : bias;
  if (sameShape(source.shape, [channels])) return emit.plain(source);
  return emit.node("Reshape", [emit.plain(bias), emit.ints([channels])]);
}
