import { sizeOf } from "../../core/index.ts";
import type { OpDefinition } from "./definition.ts";
import { inferReduction, keepReduced, reduceInBlocks } from "./reduction.ts";

export const reduceMean: OpDefinition<"reduceMean"> = {
  infer: inferReduction,
  lower(emit, { inputs: [x], outputs: [y], attributes: { axes, keepDims } }) {
    emit.definePlain(y!, emit.node("ReduceMean", [emit.plain(x!)], { axes, keepdims: Number(keepDims) }));
  },
  lowerBlocked: (emit, node) => reduceInBlocks(emit, node, 1),
  gradient(graph, { inputs: [x], outputs: [y], attributes }, [dy]) {
    if (x!.shape.length === 4 && attributes.axes.join() === "2,3") {
      const images = graph.op("reshape", [dy!], { shape: x!.shape.slice(0, 2) });
      return [graph.op("globalAveragePoolGradient", [images], { shape: x!.shape })];
    }
    const share = graph.op("mul", [dy!, graph.scalar(sizeOf(y!.shape) / sizeOf(x!.shape))]);
    return [graph.op("expand", [keepReduced(graph, share, x!, attributes)], { shape: x!.shape })];
  },
};
