import { sumTo } from "./broadcast.ts";
import { elementwise } from "./elementwise.ts";

export const add = elementwise("add", "Add", (graph, { inputs: [a, b] }, [dy]) => [
  sumTo(graph, dy!, a!.shape),
  sumTo(graph, dy!, b!.shape),
]);
