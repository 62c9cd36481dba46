import { sizeOf } from "../../core/index.ts";
import type { OpDefinition } from "./definition.ts";
import { inferReduction, keepReduced, reduceInBlocks } from "./reduction.ts";

export const reduceSum: OpDefinition<"reduceSum"> = {
  infer: inferReduction,
  lower(emit, { inputs: [x], outputs: [y], attributes: { axes, keepDims } }) {
    emit.definePlain(y!, emit.node("ReduceSum", [emit.plain(x!), emit.ints(axes)], { keepdims: Number(keepDims) }));
  },
  lowerBlocked: (emit, node) =>
    reduceInBlocks(emit, node, sizeOf(node.inputs[0]!.shape) / sizeOf(node.outputs[0]!.shape)),
  gradient(graph, { inputs: [x], attributes }, [dy]) {
    return [graph.op("expand", [keepReduced(graph, dy!, x!, attributes)], { shape: x!.shape })];
  },
};
