import { type DType, fail, sameShape } from "../../core/index.ts";
import type { Node, OpName, Value, ValueType } from "../graph/index.ts";
import { broadcastShapes } from "./broadcast.ts";
import type { Emitter, OpDefinition } from "./definition.ts";

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

/** Operands of one shape may have any memory order, if it is the same one: they stay in blocks where one is. */
function lowerInBlocks(emit: Emitter, node: Node<Unattributed>, onnxOp: string): string | undefined {
  const shape = node.outputs[0]!.shape;
  const scalar = (v: Value) => v.shape.length === 0;
  if (!node.inputs.some(emit.isBlocked)) return "no input is blocked";
  if (!node.inputs.every((v) => scalar(v) || sameShape(v.shape, shape))) return "inputs broadcast";
  const inputs = node.inputs.map((v) => (scalar(v) ? emit.plain(v) : emit.blocked(v)));
  emit.defineBlocked(node.outputs[0]!, emit.node(onnxOp, inputs));
  return undefined;
}
