import { pointwise } from "./pointwise.ts";

/**
 * A slope so steep that HardSigmoid is the step function: two threaded passes, where conditions and casts take several times
 * as long. It is a power of 2: steps at numbers other than 0 are exact.
 */
const STEEP = 2 ** 100;

/** Inputs: gradient of clip's output, clip's output (same shape). Output: the gradient where min < output < max, else 0. */
export const clipGradient = pointwise("clipGradient", (emit, [dy, y], { attributes: { min, max } }) => {
  const step = (slope: number, at: number) =>
    emit.node("HardSigmoid", [y!], { alpha: { float: slope }, beta: { float: -slope * Math.fround(at) } });
  let gradient = dy!;
  if (min > Number.NEGATIVE_INFINITY) gradient = emit.node("Mul", [gradient, step(STEEP, min)]);
  if (max < Number.POSITIVE_INFINITY) gradient = emit.node("Mul", [gradient, step(-STEEP, max)]);
  return gradient === dy ? emit.node("Identity", [dy!]) : gradient;
});
