import { pointwise } from "./pointwise.ts";

/** Inputs: gradient of clip's output, clip's input (same shape). Output: the gradient where min <= input <= max, else 0. */
export const clipGradient = pointwise("clipGradient", (emit, [dy, x], { attributes: { min, max } }) => {
  const outside: string[] = [];
  if (min > Number.NEGATIVE_INFINITY) outside.push(emit.node("Less", [x!, emit.floats([], [min])]));
  if (max < Number.POSITIVE_INFINITY) outside.push(emit.node("Greater", [x!, emit.floats([], [max])]));
  if (outside.length === 0) return emit.node("Identity", [dy!]);
  const zeroed = outside.length === 1 ? outside[0]! : emit.node("Or", outside);
  return emit.node("Where", [zeroed, emit.floats([], [0]), dy!]);
});
