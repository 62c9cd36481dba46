import { concat, crossEntropy, matmul, mean, mul, type Operand, select, sum, type Value } from "../engine/index.ts";
import type { ContrastiveInputs, SoftLabel } from "./method.ts";
import { EXCLUDED, softLabels } from "./methods.ts";

/**
 * L(w, T): the mean over the batch of the cross-entropy between the targets and softmax([q . k, q . m_1 .. q . m_K] / T0), a
 * scalar. Source: MaskCon's official code; with w = 0 it is MoCo's InfoNCE.
 */
export function contrastiveLoss(inputs: ContrastiveInputs, label: SoftLabel<Operand>): Value {
  const { q, k, queue, temperature, ownKeyMask, ownKeys } = inputs;
  const targets = softLabels(inputs, label);
  const ownSimilarity = sum(mul(q, k), { axis: 1, keepDims: true });
  const similarities = matmul(q, queue, { transposeB: true });
  const isMasked = ownKeyMask && ownKeys !== "positive";
  const counted = isMasked ? select(ownKeyMask, EXCLUDED * temperature, similarities) : similarities;
  const logits = mul(concat([ownSimilarity, counted], { axis: 1 }), 1 / temperature);
  return mean(crossEntropy(logits, targets), { axis: 0 });
}
