import { elementwise } from "./elementwise.ts";

export const log = elementwise("log", "Log", (graph, { inputs: [x] }, [dy]) => [graph.op("div", [dy!, x!])]);
