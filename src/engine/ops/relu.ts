import { elementwise } from "./elementwise.ts";

/** The gradient is zero at zero, as in PyTorch. */
export const relu = elementwise("relu", "Relu", (graph, { outputs: [y] }, [dy]) => [
  graph.op("reluGradient", [dy!, y!]),
]);
