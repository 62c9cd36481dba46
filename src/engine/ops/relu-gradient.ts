import { fail, sameShape, showShape } from "../../core/index.ts";
import type { OpDefinition } from "./definition.ts";

/** A slope so steep that HardSigmoid is the step function: one threaded pass, where Greater, Cast and Where are several. */
const step = { alpha: { float: 1e30 }, beta: { float: 0 } };

/** Inputs: gradient of relu's output, relu's output (same shape). Output: the gradient where the output is positive, else 0. */
export const reluGradient: OpDefinition<"reluGradient"> = {
  infer([dy, y]) {
    if (!sameShape(dy!.shape, y!.shape)) {
      fail("shape", { where: "reluGradient", expected: showShape(y!.shape), found: showShape(dy!.shape) });
    }
    return [{ dtype: dy!.dtype, shape: dy!.shape }];
  },
  lower(emit, { inputs: [dy, y], outputs: [dx] }) {
    const positive = emit.node("HardSigmoid", [emit.plain(y!)], step);
    emit.definePlain(dx!, emit.node("Mul", [emit.plain(dy!), positive]));
  },
  lowerBlocked(emit, { inputs: [dy, y], outputs: [dx] }) {
    if (!emit.isBlocked(dy!) && !emit.isBlocked(y!)) return "no input is blocked";
    const positive = emit.node("HardSigmoid", [emit.blocked(y!)], step);
    emit.defineBlocked(dx!, emit.node("Mul", [emit.blocked(dy!), positive]));
    return undefined;
  },
};
