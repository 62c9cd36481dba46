import { column, crossEntropy, equal, mean, toFloat, type Value } from "../engine/index.ts";
import { forEveryCrop } from "./crops.ts";

/**
 * H: the mean cross-entropy of the coarse labels [N] (whole numbers in float32) under logits [R N, C], a scalar. Row r N + n is
 * crop r of image n.
 */
export function coarseCrossEntropy(logits: Value, labels: Value): Value {
  const classes = logits.shape[1]!;
  const data = Float32Array.from({ length: classes }, (_, i) => i);
  const indices = logits.graph.constant({ dtype: "float32", shape: [1, classes], data });
  const oneHot = toFloat(equal(column(labels), indices));
  return mean(crossEntropy(logits, forEveryCrop(oneHot, logits.shape[0]!)), { axis: 0 });
}
