import { fail, sameShape, showShape } from "../../core/index.ts";
import type { Graph, Node, Value } from "../graph/index.ts";
import type { OpDefinition } from "./definition.ts";

/** A slope so steep that HardSigmoid is the step function: one threaded pass, where Greater, Cast and Where are several. */
const step = { alpha: { float: 1e30 }, beta: { float: 0 } };

/** Inputs: gradient of relu's output, relu's output (same shape). Output: the gradient where the output is positive, else 0. */
export const reluGradient: OpDefinition<"reluGradient"> = {
  infer([dy, y]) {
    if (!sameShape(dy!.shape, y!.shape)) {
      fail("shape", { where: "reluGradient", expected: showShape(y!.shape), found: showShape(dy!.shape) });
    }
    return [{ dtype: dy!.dtype, shape: dy!.shape }];
  },
  lower(emit, { inputs: [dy, y], outputs: [dx] }) {
    const positive = emit.node("HardSigmoid", [emit.plain(y!)], step);
    emit.definePlain(dx!, emit.node("Mul", [emit.plain(dy!), positive]));
  },
  lowerBlocked(emit, { inputs: [dy, y], outputs: [dx] }) {
    if (!emit.isBlocked(dy!) && !emit.isBlocked(y!)) return "no input is blocked";
    const positive = emit.node("HardSigmoid", [emit.blocked(y!)], step);
    emit.defineBlocked(dx!, emit.node("Mul", [emit.blocked(dy!), positive]));
    return undefined;
  },
};

/**
 * The gradient of relu's input from that of its output y. Behind a max pool the mask is the pooled one, which is smaller: what
 * takes the gradient is its window's maximum, and positive where that is.
 */
export function throughRelu(graph: Graph, dy: Value, y: Value): Value {
  if (dy.node?.op !== "maxPoolGradient" || dy.node.inputs[1] !== y) return graph.op("reluGradient", [dy, y]);
  const { inputs, attributes } = dy.node as Node<"maxPoolGradient">;
  const [pooledGradient, , pooled] = inputs as [Value, Value, Value];
  return graph.op("maxPoolGradient", [graph.op("reluGradient", [pooledGradient, pooled]), y, pooled], attributes);
}
