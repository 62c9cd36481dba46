import { sumTo } from "./broadcast.ts";
import { elementwise } from "./elementwise.ts";

/** d(a/b) = da/b - (a/b) db/b */
export const div = elementwise("div", "Div", (graph, { inputs: [a, b], outputs: [y] }, [dy]) => {
  const da = graph.op("div", [dy!, b!]);
  const db = graph.op("neg", [graph.op("mul", [da, y!])]);
  return [sumTo(graph, da, a!.shape), sumTo(graph, db, b!.shape)];
});
