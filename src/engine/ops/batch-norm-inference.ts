import type { OpDefinition } from "./definition.ts";

/** Inputs: x [N, C, H, W], gamma, beta, running mean, running variance [C]. Evaluation only: it has no gradient. */
export const batchNormInference: OpDefinition<"batchNormInference"> = {
  infer: ([x]) => [{ dtype: "float32", shape: x!.shape }],
  lower(emit, { inputs, outputs: [y], attributes: { epsilon } }) {
    emit.definePlain(y!, emit.node("BatchNormalization", inputs.map(emit.plain), { epsilon: { float: epsilon } }));
  },
};
