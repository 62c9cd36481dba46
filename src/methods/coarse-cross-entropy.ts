import type { Graph, Value } from "../engine/index.ts";

/** Mean cross-entropy of the coarse labels [N] (whole numbers in float32) under logits [N, C]: a scalar. */
export function coarseCrossEntropy(graph: Graph, logits: Value, labels: Value): Value {
  const [n, classes] = logits.shape as [number, number];
  const indices = Float32Array.from({ length: classes }, (_, i) => i);
  const row = graph.constant({ dtype: "float32", shape: [1, classes], data: indices });
  const hit = graph.op("equal", [graph.op("reshape", [labels], { shape: [n, 1] }), row]);
  const losses = graph.op("crossEntropy", [logits, graph.op("cast", [hit], { to: "float32" })]);
  return graph.op("reduceMean", [losses], { axes: [0], keepDims: false });
}
