import type { Emitter } from "./definition.ts";
import { approximateDistribution, approximateSlope, normalDistribution, scaledDensity } from "./normal-distribution.ts";
import { pointwise } from "./pointwise.ts";

/** Inputs: gradient of gelu's output, gelu's input x (same shape). Output: dy (x Phi(x))'. */
export const geluGradient = pointwise("geluGradient", (emit, [dy, x], { attributes: { approximate } }) =>
  emit.node("Mul", [dy!, approximate === "none" ? exactSlope(emit, x!) : tanhSlope(emit, x!)]),
);

/** Phi(x) + x phi(x) */
const exactSlope = (emit: Emitter, x: string): string =>
  emit.node("Add", [normalDistribution(emit, x), scaledDensity(emit, x)]);

/** s + x s (1 - s) v', where s = sigmoid(v) stands for Phi(x). */
function tanhSlope(emit: Emitter, x: string): string {
  const s = approximateDistribution(emit, x);
  const bell = emit.node("Mul", [s, emit.node("Sub", [emit.floats([], [1]), s])]);
  const step = emit.node("Mul", [emit.node("Mul", [x, approximateSlope(emit, x)]), bell]);
  return emit.node("Add", [s, step]);
}
