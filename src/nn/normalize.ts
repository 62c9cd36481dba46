import type { Graph, Value } from "../engine/index.ts";

/** Rows of x [N, D] scaled to unit length; a zero row stays zero (PyTorch's F.normalize, eps 1e-12). */
export function normalizeRows(graph: Graph, x: Value): Value {
  const squares = graph.op("reduceSum", [graph.op("mul", [x, x])], { axes: [1], keepDims: true });
  const length = graph.op("sqrt", [graph.op("add", [squares, graph.scalar(1e-24)])]);
  return graph.op("div", [x, length]);
}
