import {
  concat,
  crossEntropy,
  matmul,
  mean,
  mul,
  type Operand,
  reshape,
  select,
  sum,
  type Value,
} from "../engine/index.ts";
import { forEveryCrop } from "./crops.ts";
import type { ContrastiveInputs, SoftLabel } from "./method.ts";
import { EXCLUDED, softLabels } from "./methods.ts";

/**
 * L(w, T): the mean over all queries of the cross-entropy between the targets and softmax([q . k, q . m_1 .. q . m_K] / T0), a
 * scalar. Source: MaskCon's official code; with w = 0 it is MoCo's InfoNCE.
 */
export function contrastiveLoss(inputs: ContrastiveInputs, label: SoftLabel<Operand>): Value {
  const { q, k, temperature } = inputs;
  const rows = q.shape[0]!;
  const targets = forEveryCrop(softLabels(inputs, label), rows);
  const ownSimilarity = sum(mul(q, forEveryCrop(k, rows)), { axis: 1, keepDims: true });
  const logits = mul(concat([ownSimilarity, queueSimilarities(inputs)], { axis: 1 }), 1 / temperature);
  return mean(crossEntropy(logits, targets), { axis: 0 });
}

/** q . m_j [R N, K]; of entries to leave out a number that vanishes in the softmax. */
function queueSimilarities({ q, queue, temperature, ownKeyMask, ownKeys }: ContrastiveInputs): Value {
  const similarities = matmul(q, queue, { transposeB: true });
  if (!ownKeyMask || ownKeys === "positive") return similarities;
  const excluded = EXCLUDED * temperature;
  const [rows, size] = similarities.shape as [number, number];
  const n = ownKeyMask.shape[0]!;
  if (rows === n) return select(ownKeyMask, excluded, similarities);
  const byCrop = reshape(similarities, [rows / n, n, size]);
  return reshape(select(ownKeyMask, excluded, byCrop), [rows, size]);
}
