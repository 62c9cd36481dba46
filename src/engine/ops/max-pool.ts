import type { OpDefinition } from "./definition.ts";
import { expectFloats, poolAttributes, pooledShape } from "./window.ts";

/** [N, C, H, W] -> [N, C, H', W']. */
export const maxPool: OpDefinition<"maxPool"> = {
  infer([x], window) {
    expectFloats("maxPool", [x!]);
    return [{ dtype: "float32", shape: pooledShape("maxPool", x!.shape, window) }];
  },
  lower(emit, { inputs: [x], outputs: [y], attributes }) {
    emit.definePlain(y!, emit.node("MaxPool", [emit.plain(x!)], poolAttributes(attributes)));
  },
  lowerBlocked(emit, { inputs: [x], outputs: [y], attributes }) {
    if (!emit.isBlocked(x!)) return "the input is not blocked";
    emit.defineBlocked(y!, emit.node("com.microsoft.nchwc:MaxPool", [emit.blocked(x!)], poolAttributes(attributes)));
    return undefined;
  },
  gradient: (graph, { inputs: [x], outputs: [y], attributes }, [dy]) => [
    graph.op("maxPoolGradient", [dy!, x!, y!], attributes),
  ],
};
