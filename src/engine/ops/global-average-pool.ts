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
    // Not ReduceMean without the reduced axes: OpenCV 4.6 makes [N, 1, C] of a batch of several.
    emit.definePlain(y!, emit.node("Flatten", [emit.node("GlobalAveragePool", [emit.plain(x!)])], { axis: 1 }));
  },
  lowerBlocked(emit, { inputs: [x], outputs: [y] }) {
    if (!emit.isBlocked(x!)) return "the input is not blocked";
    const pooled = emit.node("com.microsoft.nchwc:GlobalAveragePool", [emit.blocked(x!)]);
    emit.definePlain(y!, emit.node("Reshape", [pooled, emit.ints(y!.shape)]));
    return undefined;
  },
  gradient: (graph, { inputs: [x] }, [dy]) => [graph.op("globalAveragePoolGradient", [dy!], { shape: x!.shape })],
};
