import { elementwise } from "./elementwise.ts";

/** dx = dy 2 / sqrt(pi) exp(-x²) */
export const erf = elementwise("erf", "Erf", (graph, { inputs: [x] }, [dy]) => {
  const bell = graph.op("exp", [graph.op("neg", [graph.op("mul", [x!, x!])])]);
  return [graph.op("mul", [dy!, graph.op("mul", [bell, graph.scalar(2 / Math.sqrt(Math.PI))])])];
});
