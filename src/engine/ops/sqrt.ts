import { elementwise } from "./elementwise.ts";

/** d sqrt(x) = dx / (2 sqrt(x)) */
export const sqrt = elementwise("sqrt", "Sqrt", (graph, { outputs: [y] }, [dy]) => [
  graph.op("div", [dy!, graph.op("mul", [y!, graph.scalar(2)])]),
]);
