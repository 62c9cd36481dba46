import { fail } from "../../core/index.ts";
import type { OpDefinition } from "./definition.ts";
import { pointwise } from "./pointwise.ts";

const rules = pointwise("clip", (emit, [x], { attributes: { min, max } }) => {
  const bounds = [
    min === Number.NEGATIVE_INFINITY ? "" : emit.floats([], [min]),
    max === Number.POSITIVE_INFINITY ? "" : emit.floats([], [max]),
  ];
  while (bounds.at(-1) === "") bounds.pop();
  return emit.node("Clip", [x!, ...bounds]);
});

/** min(max(x, min), max). The gradient passes between the bounds and not at them, as in PyTorch's `ReLU6`. */
export const clip: OpDefinition<"clip"> = {
  ...rules,
  infer(inputs, attributes) {
    const { min, max } = attributes;
    if (!(min <= max))
      fail("shape", { where: "clip", expected: "a minimum up to the maximum", found: `${min}, ${max}` });
    return rules.infer(inputs, attributes);
  },
  gradient: (graph, { outputs: [y], attributes }, [dy]) => [graph.op("clipGradient", [dy!, y!], attributes)],
};
