import { keysOf } from "../core/index.ts";
import {
  add,
  column,
  concat,
  div,
  equal,
  exp,
  matmul,
  max,
  mul,
  type Operand,
  row,
  select,
  sub,
  sum,
  toFloat,
  type Value,
} from "../engine/index.ts";
import type { ContrastiveInputs, Method, Objective, SoftLabel } from "./method.ts";

/**
 * The methods on one page. Source: MaskCon's official code (docs/method.md). For image i with coarse label y_i, query
 * embedding q_i and key embedding k_i, and for entry j of the queue, an earlier key m_j with coarse label c_j:
 *
 *     a_ij = 1 where c_j = y_i, else 0
 *     s_ij = k_i . m_j
 *     z_ij = a_ij exp((s_ij - max of s_i over the class) / T)      T infinite: z_ij = a_ij
 *     u_i = [1, z_i1 .. z_iK] / (1 + sum_j z_ij)                   the own key first
 *     t_i = w u_i + (1 - w) [1, 0 .. 0]                            the target: `softLabels` below
 *     l_i = [q_i . k_i, q_i . m_1 .. q_i . m_K] / T0
 *
 *     L(w, T) = mean_i of - sum_j t_ij log softmax(l_i)_j          `contrastiveLoss`
 *     H = mean_i of - log softmax(classifier(features))_y_i        `coarseCrossEntropy`
 *
 * Where the image's own earlier keys are positives (o_ij = 1 for them, else 0, n_i in number), each is one as its own key is:
 *
 *     z_ij = 1 where o_ij = 1; the others as above, the max over the others
 *     t_i = w u_i + (1 - w) [1, o_i1 .. o_iK] / (1 + n_i)
 */
export const methods = {
  /** Feng & Patras, CVPR 2023. */
  maskcon: {
    loss: "L(w, T) + x H",
    summary: "the own key and, by their similarity to it, the entries of the coarse class",
    softWeight: 1,
    settings: ["softWeight", "softTemperature", "coarseWeight"],
    scheduled: ["softWeight", "softTemperature", "coarseWeight"],
    labels: "coarse",
    objective: ({ w, T, x }) => contrastive(w, T, x),
  },
  selfcon: {
    loss: "L(0, ∞) + x H",
    summary: "MoCo v2's InfoNCE: the own key is the only positive",
    softWeight: 0,
    settings: ["coarseWeight"],
    scheduled: ["coarseWeight"],
    labels: "coarse",
    objective: ({ w, x }) => contrastive(w, UNIFORM, x),
  },
  supcon: {
    loss: "L(1, ∞) + x H",
    summary: "the own key and all entries of the coarse class alike",
    softWeight: 1,
    settings: ["coarseWeight"],
    scheduled: ["coarseWeight"],
    labels: "coarse",
    objective: ({ w, x }) => contrastive(w, UNIFORM, x),
  },
  /** Touvron et al. 2021, as the official code has it. */
  grafit: {
    loss: "L(w, ∞) + x H",
    summary: "w SupCon + (1 - w) SelfCon, as the official code has it",
    softWeight: 0.5,
    settings: ["softWeight", "coarseWeight"],
    scheduled: ["softWeight", "coarseWeight"],
    labels: "coarse",
    objective: ({ w, x }) => contrastive(w, UNIFORM, x),
  },
  /** As the official code has it. */
  coins: {
    loss: "(1 - w) L(0, ∞) + (w + x) H",
    summary: "w cross-entropy of the coarse label + (1 - w) SelfCon",
    softWeight: 0.5,
    settings: ["softWeight", "coarseWeight"],
    scheduled: [],
    labels: "coarse",
    objective: ({ w, x }) => withClassifier(w, x),
  },
  supce: {
    loss: "(1 + x) H",
    summary: "cross-entropy of the coarse label alone; no key encoder and no queue: half the cost of a step",
    softWeight: 1,
    settings: ["coarseWeight"],
    scheduled: [],
    labels: "coarse",
    objective: ({ w, x }) => withClassifier(w, x),
  },
  /** Whoever calls a step gives it the fine labels. */
  supfine: {
    loss: "L(1, ∞) + x H",
    summary: "SupCon given the fine labels: the upper reference, never part of a fair comparison",
    softWeight: 1,
    settings: ["coarseWeight"],
    scheduled: ["coarseWeight"],
    labels: "fine",
    objective: ({ w, x }) => contrastive(w, UNIFORM, x),
  },
} as const satisfies Readonly<Record<string, Method>>;

/** Every method, as settings name it. */
export const methodNames = keysOf(methods);
/** Name of a method: one of `methodNames`; docs/method.md has their losses. */
export type MethodName = (typeof methodNames)[number];

const UNIFORM = Number.POSITIVE_INFINITY;

/** L(w, T) + x H */
function contrastive(w: number, T: number, x: number): Objective {
  return { contrastive: { weight: 1, softWeight: w, softTemperature: T }, coarseWeight: x };
}

/** (1 - w) L(0, ∞) + (w + x) H */
function withClassifier(w: number, x: number): Objective {
  const selfcon = { weight: 1 - w, softWeight: 0, softTemperature: UNIFORM };
  return { contrastive: w === 1 ? undefined : selfcon, coarseWeight: w + x };
}

/** Low enough to vanish in every exponential, finite so that no difference of two of them is NaN. */
export const EXCLUDED = -1e30;
/** A label that no sample has; an empty row of the queue has -1. */
const NO_LABEL = -2;

/**
 * The targets t [N, K + 1]. A sample without an entry of its class has its own key alone as its target. Other classes are
 * masked before the exponential, not multiplied by 0 after it: neither a small T nor an absent class gives NaN.
 */
export function softLabels(
  inputs: ContrastiveInputs,
  { softWeight: w, softTemperature: T }: SoftLabel<Operand>,
): Value {
  const { labels, queueLabels, ownKeyMask, ownKeys } = inputs;
  const entryLabels = ownKeyMask ? select(ownKeyMask, NO_LABEL, row(queueLabels)) : row(queueLabels);
  const sameClass = equal(column(labels), entryLabels);
  const others = T === UNIFORM ? toFloat(sameClass) : relations(inputs, sameClass, T);
  if (!ownKeyMask || ownKeys !== "positive") {
    const share = div(w, add(sumOfRows(others), 1));
    return concat([add(share, sub(1, w)), mul(others, share)], { axis: 1 });
  }
  const own = toFloat(ownKeyMask);
  const ownCount = add(sumOfRows(own), 1);
  const share = div(w, add(sumOfRows(others), ownCount));
  const ownWeight = add(share, div(sub(1, w), ownCount));
  return concat([ownWeight, add(mul(others, share), mul(own, ownWeight))], { axis: 1 });
}

/** [N, K] -> [N, 1] */
const sumOfRows = (x: Value): Value => sum(x, { axis: 1, keepDims: true });

/** z [N, K]: 1 for the nearest entry of the class, less for those farther away, 0 for other classes. */
function relations({ k, queue }: ContrastiveInputs, sameClass: Value, T: Operand): Value {
  const similarities = matmul(k, queue, { transposeB: true });
  const nearest = max(select(sameClass, similarities, EXCLUDED), { axis: 1, keepDims: true });
  return exp(select(sameClass, div(sub(similarities, nearest), T), EXCLUDED));
}
