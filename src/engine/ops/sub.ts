import { sumTo } from "./broadcast.ts";
import { elementwise } from "./elementwise.ts";

export const sub = elementwise("sub", "Sub", (graph, { inputs: [a, b] }, [dy]) => [
  sumTo(graph, dy!, a!.shape),
  sumTo(graph, graph.op("neg", [dy!]), b!.shape),
]);
