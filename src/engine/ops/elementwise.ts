import { type DType, fail, sameShape, sizeOf } from "../../core/index.ts";
import type { Node, OpName, Value, ValueType } from "../graph/index.ts";
import { broadcastShapes } from "./broadcast.ts";
import type { Emitter, OpDefinition } from "./definition.ts";
import { type Arithmetic, isPerChannel, perChannel } from "./per-channel.ts";

type Plain = { [N in OpName]: OpDefinition<N> };
type Unattributed =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "neg"
  | "exp"
  | "log"
  | "sqrt"
  | "reciprocal"
  | "relu"
  | "sigmoid"
  | "tanh"
  | "erf"
  | "equal"
  | "greater";
type Gradient<N extends Unattributed> = NonNullable<OpDefinition<N>["gradient"]>;

/** Rules shared by the elementwise ops: one ONNX node, in the memory order that the inputs have already. */
export function elementwise<N extends Unattributed>(
  name: N,
  onnxOp: string,
  gradient: Gradient<N> | undefined,
  result: DType | "same" = "same",
): Plain[N] {
  const definition: OpDefinition<Unattributed> = {
    infer(inputs) {
      const [a, b] = inputs as [ValueType, ValueType | undefined];
      if (b && a.dtype !== b.dtype) {
        fail("shape", { where: name, expected: "two inputs of one dtype", found: `${a.dtype} and ${b.dtype}` });
      }
      return [
        { dtype: result === "same" ? a.dtype : result, shape: b ? broadcastShapes(name, a.shape, b.shape) : a.shape },
      ];
    },
    lower(emit, node) {
      emit.definePlain(node.outputs[0]!, emit.node(onnxOp, node.inputs.map(emit.plain)));
    },
    // The blocked order is for floats alone: no operator reorders a bool back.
    ...(result === "bool"
      ? {}
      : { lowerBlocked: (emit: Emitter, node: Node<Unattributed>) => lowerInBlocks(emit, node, onnxOp) }),
    ...(gradient ? { gradient: gradient as Gradient<Unattributed> } : {}),
  };
  return definition as unknown as Plain[N];
}

/**
 * Operands of one shape may have any memory order, if it is the same one: they stay in blocks where one is. So does an
 * image with one number a channel.
 */
function lowerInBlocks(emit: Emitter, node: Node<Unattributed>, onnxOp: string): string | undefined {
  const [y] = node.outputs as [Value];
  const isScalar = (v: Value) => sizeOf(v.shape) === 1 && v.shape.length <= y.shape.length && sizeOf(y.shape) > 1;
  const isWhole = (v: Value) => sameShape(v.shape, y.shape);
  if (!node.inputs.some((v) => isWhole(v) && emit.isBlocked(v))) return "no input is blocked";
  if (node.inputs.every((v) => isScalar(v) || isWhole(v))) {
    const inputs = node.inputs.map((v) => (isWhole(v) ? emit.blocked(v) : emit.plain(v)));
    emit.defineBlocked(y, emit.node(onnxOp, inputs));
    return undefined;
  }
  if (!node.inputs.every((v) => isWhole(v) || isPerChannel(v.shape, y.shape))) return "inputs broadcast";
  const result = perChannel(emit, onnxOp as Arithmetic, node.inputs as [Value, Value]);
  if (result === undefined) return "a number a channel is divided by an image";
  emit.defineBlocked(y, result);
  return undefined;
}
