import { elementwise } from "./elementwise.ts";

export const neg = elementwise("neg", "Neg", (graph, _node, [dy]) => [graph.op("neg", [dy!])]);
