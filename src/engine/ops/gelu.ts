import type { OpDefinition } from "./definition.ts";
import { approximateDistribution, normalDistribution } from "./normal-distribution.ts";
import { pointwise } from "./pointwise.ts";

/** x Phi(x), Phi the distribution function of the normal distribution, or its approximation with tanh. */
export const gelu: OpDefinition<"gelu"> = {
  ...pointwise("gelu", (emit, [x], { outputs: [y], attributes: { approximate } }) => {
    const exact = approximate === "none";
    // FastGelu takes no scalars.
    if (emit.block > 0 && y!.shape.length > 0)
      return emit.node(exact ? "com.microsoft:Gelu" : "com.microsoft:FastGelu", [x!]);
    return emit.node("Mul", [x!, exact ? normalDistribution(emit, x!) : approximateDistribution(emit, x!)]);
  }),
  gradient: (graph, { inputs: [x], attributes }, [dy]) => [graph.op("geluGradient", [dy!, x!], attributes)],
};
