import { column, crossEntropy, equal, mean, toFloat, type Value } from "../engine/index.ts";

/** H: the mean cross-entropy of the coarse labels [N] (whole numbers in float32) under logits [N, C], a scalar. */
export function coarseCrossEntropy(logits: Value, labels: Value): Value {
  const classes = logits.shape[1]!;
  const data = Float32Array.from({ length: classes }, (_, i) => i);
  const indices = logits.graph.constant({ dtype: "float32", shape: [1, classes], data });
  const oneHot = toFloat(equal(column(labels), indices));
  return mean(crossEntropy(logits, oneHot), { axis: 0 });
}
