import type { Value } from "../engine/index.ts";
import type { ContrastiveInputs, Scalar, SoftLabel } from "./method.ts";
import { excluded, softLabels } from "./soft-labels.ts";

/**
 * Mean over the batch of the cross-entropy between the soft labels and softmax([q . k, q . m_1 .. q . m_K] / T0): a scalar.
 * Source: MaskCon's official code; with w = 0 it is MoCo's InfoNCE.
 */
export function contrastiveLoss(inputs: ContrastiveInputs, label: SoftLabel<Scalar>): Value {
  const { graph, q, k, queue, temperature, own: left } = inputs;
  const targets = softLabels(inputs, label);
  const own = graph.op("reduceSum", [graph.op("mul", [q, k])], { axes: [1], keepDims: true });
  const others = graph.op("matmul", [q, queue], { transposeA: false, transposeB: true });
  const counted = left ? graph.op("select", [left, graph.scalar(excluded * temperature), others]) : others;
  const similarities = graph.op("concat", [own, counted], { axis: 1 });
  const logits = graph.op("mul", [similarities, graph.scalar(1 / temperature)]);
  const losses = graph.op("crossEntropy", [logits, targets]);
  return graph.op("reduceMean", [losses], { axes: [0], keepDims: false });
}
