import { elementwise } from "./elementwise.ts";

/** dx = dy (1 - y²) */
export const tanh = elementwise("tanh", "Tanh", (graph, { outputs: [y] }, [dy]) => {
  const slope = graph.op("sub", [graph.scalar(1), graph.op("mul", [y!, y!])]);
  return [graph.op("mul", [dy!, slope])];
});
