import { elementwise } from "./elementwise.ts";

/** dx = dy y (1 - y) */
export const sigmoid = elementwise("sigmoid", "Sigmoid", (graph, { outputs: [y] }, [dy]) => {
  const slope = graph.op("mul", [y!, graph.op("sub", [graph.scalar(1), y!])]);
  return [graph.op("mul", [dy!, slope])];
});
