import { elementwise } from "./elementwise.ts";

export const exp = elementwise("exp", "Exp", (graph, { outputs: [y] }, [dy]) => [graph.op("mul", [dy!, y!])]);
