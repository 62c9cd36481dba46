import type { Node, OpName } from "../graph/index.ts";
import type { Emitter, OpDefinition } from "./definition.ts";
import { expectFloats, expectShape } from "./window.ts";

/** Writes the nodes that compute every number of the output from the numbers at the same place of the inputs. */
type Write<N extends OpName> = (emit: Emitter, inputs: readonly string[], node: Node<N>) => string;

/**
 * The rules of an op of float32 tensors of one shape that takes several ONNX nodes or has attributes. Such nodes do not
 * look at the memory order: they stay in blocks where an input is in blocks.
 */
export function pointwise<N extends OpName>(name: N, write: Write<N>): OpDefinition<N> {
  return {
    infer(inputs) {
      const { shape } = inputs[0]!;
      expectFloats(name, inputs);
      for (const input of inputs) expectShape(name, input, shape);
      return [{ dtype: "float32", shape }];
    },
    lower(emit, node) {
      emit.definePlain(node.outputs[0]!, write(emit, node.inputs.map(emit.plain), node));
    },
    lowerBlocked(emit, node) {
      if (node.inputs.some(emit.isBlocked)) {
        emit.defineBlocked(node.outputs[0]!, write(emit, node.inputs.map(emit.blocked), node));
      } else {
        // One rule for both orders: nodes that only the CPU has serve values in plain order too.
        emit.definePlain(node.outputs[0]!, write(emit, node.inputs.map(emit.plain), node));
      }
      return undefined;
    },
  };
}
