import { sumTo } from "./broadcast.ts";
import { elementwise } from "./elementwise.ts";

export const mul = elementwise("mul", "Mul", (graph, { inputs: [a, b] }, [dy]) => [
  sumTo(graph, graph.op("mul", [dy!, b!]), a!.shape),
  sumTo(graph, graph.op("mul", [dy!, a!]), b!.shape),
]);
