import { fail, showShape } from "../../core/index.ts";
import type { OpDefinition } from "./definition.ts";

/** [N, C, H, W] -> [N, C] */
export const globalAveragePool: OpDefinition<"globalAveragePool"> = {
  infer([x]) {
    if (x!.shape.length !== 4) {
      fail("shape", { where: "globalAveragePool", expected: "[N, C, H, W]", found: showShape(x!.shape) });
    }
    return [{ dtype: "float32", shape: x!.shape.slice(0, 2) }];
  },
  lower(emit, { inputs: [x], outputs: [y] }) {
    emit.definePlain(y!, emit.node("ReduceMean", [emit.plain(x!)], { axes: [2, 3], keepdims: 0 }));
  },
  lowerBlocked(emit, { inputs: [x], outputs: [y] }) {
    if (!emit.isBlocked(x!)) return "the input is not blocked";
    const pooled = emit.node("com.microsoft.nchwc:GlobalAveragePool", [emit.blocked(x!)]);
    emit.definePlain(y!, emit.node("Reshape", [pooled, emit.ints(y!.shape)]));
    return undefined;
  },
  gradient: (graph, { inputs: [x] }, [dy]) => [graph.op("globalAveragePoolGradient", [dy!], { shape: x!.shape })],
};
