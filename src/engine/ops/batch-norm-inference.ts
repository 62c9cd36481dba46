import { fail, showShape } from "../../core/index.ts";
import type { OpDefinition } from "./definition.ts";
import { expectFloats, expectShape } from "./window.ts";

/** Inputs: x [N, C, H, W], gamma, beta, running mean, running variance [C]. Evaluation only: it has no gradient. */
export const batchNormInference: OpDefinition<"batchNormInference"> = {
  infer([x, ...vectors]) {
    expectFloats("batchNormInference", [x!, ...vectors]);
    if (x!.shape.length !== 4) {
      fail("shape", { where: "batchNormInference", expected: "[N, C, H, W]", found: showShape(x!.shape) });
    }
    for (const vector of vectors) expectShape("batchNormInference", vector, x!.shape.slice(1, 2));
    return [{ dtype: "float32", shape: x!.shape }];
  },
  lower(emit, { inputs, outputs: [y], attributes: { epsilon } }) {
    emit.definePlain(y!, emit.node("BatchNormalization", inputs.map(emit.plain), { epsilon: { float: epsilon } }));
  },
};
