export type { ConvGradientWindow, OpAttributes, OpName, PoolWindow, Reduction, Window } from "./attributes.ts";
export { Graph, type Node, type ShapeRule, type ShapeRules, type Value, type ValueType } from "./graph.ts";
export { printGraph } from "./text.ts";
