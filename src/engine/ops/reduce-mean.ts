import { sizeOf } from "../../core/index.ts";
import type { OpDefinition } from "./definition.ts";
import { inferReduction, keepReduced } from "./reduction.ts";

export const reduceMean: OpDefinition<"reduceMean"> = {
  infer: inferReduction,
  lower(emit, { inputs: [x], outputs: [y], attributes: { axes, keepDims } }) {
    emit.definePlain(y!, emit.node("ReduceMean", [emit.plain(x!)], { axes, keepdims: Number(keepDims) }));
  },
  gradient(graph, { inputs: [x], outputs: [y], attributes }, [dy]) {
    const share = graph.op("mul", [dy!, graph.scalar(sizeOf(y!.shape) / sizeOf(x!.shape))]);
    return [graph.op("expand", [keepReduced(graph, share, x!, attributes)], { shape: x!.shape })];
  },
};
