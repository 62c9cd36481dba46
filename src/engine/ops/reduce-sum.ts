import type { OpDefinition } from "./definition.ts";
import { inferReduction, keepReduced } from "./reduction.ts";

export const reduceSum: OpDefinition<"reduceSum"> = {
  infer: inferReduction,
  lower(emit, { inputs: [x], outputs: [y], attributes: { axes, keepDims } }) {
    emit.definePlain(y!, emit.node("ReduceSum", [emit.plain(x!), emit.ints(axes)], { keepdims: Number(keepDims) }));
  },
  gradient(graph, { inputs: [x], attributes }, [dy]) {
    return [graph.op("expand", [keepReduced(graph, dy!, x!, attributes)], { shape: x!.shape })];
  },
};
