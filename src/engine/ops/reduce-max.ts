import type { OpDefinition } from "./definition.ts";
import { inferReduction } from "./reduction.ts";

/** Used to keep exponentials in range, where its gradient cancels out; so it has none. */
export const reduceMax: OpDefinition<"reduceMax"> = {
  infer: inferReduction,
  lower(emit, { inputs: [x], outputs: [y], attributes: { axes, keepDims } }) {
    emit.definePlain(y!, emit.node("ReduceMax", [emit.plain(x!)], { axes, keepdims: Number(keepDims) }));
  },
};
