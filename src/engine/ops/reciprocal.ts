import { elementwise } from "./elementwise.ts";

/** d(1/x) = -dx / x² */
export const reciprocal = elementwise("reciprocal", "Reciprocal", (graph, { outputs: [y] }, [dy]) => [
  graph.op("neg", [graph.op("mul", [dy!, graph.op("mul", [y!, y!])])]),
]);
