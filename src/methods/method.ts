import type { Graph, Value } from "../engine/index.ts";

export type MethodName = "maskcon" | "selfcon" | "supcon" | "grafit" | "coins" | "supce" | "supfine";

/** A method as a user names it; what is left out takes the method's default. */
export interface MethodOptions {
  readonly name: MethodName;
  /** w in 0..1: the share of the soft (or supervised) target; the rest is the own key. */
  readonly softWeight?: number;
  /** T > 0: temperature of the soft labels. */
  readonly softTemperature?: number;
  /** Weight of the coarse label's cross-entropy added to the loss. */
  readonly coarseWeight?: number;
}

/** Settings of a method that may change from step to step. */
export const scheduledSettings = ["softWeight", "softTemperature", "coarseWeight"] as const;
export type ScheduledSetting = (typeof scheduledSettings)[number];

/** Shape letters: N batch, K queue, D embedding, C coarse classes. */
export interface ContrastiveInputs {
  readonly graph: Graph;
  /** Query embeddings, unit rows [N, D]. */
  readonly q: Value;
  /** Key embeddings, unit rows [N, D]; no gradient flows to them. */
  readonly k: Value;
  /** Earlier keys, unit rows [K, D]. */
  readonly queue: Value;
  /** Coarse labels of the batch [N] and of the queue [K], whole numbers in float32; -1 in the queue matches nothing. */
  readonly labels: Value;
  readonly queueLabels: Value;
  /** T0: temperature of the logits. */
  readonly temperature: number;
  /** Entries of the queue to leave out of targets and logits [N, K]: earlier keys of the sample itself. */
  readonly own?: Value;
}

/** A number that is known when the graph is built, or a scalar of the graph. */
export type Scalar = number | Value;

/** The soft label a method wants: w u + (1 - w) own key, u from similarities at temperature T (Infinity: uniform). */
export interface SoftLabel<S = number> {
  readonly softWeight: S;
  readonly softTemperature: S;
}

/** What a method asks of the step: a contrastive part, a part of coarse cross-entropy, or both. */
export interface Objective {
  /** Weight of the contrastive loss and its targets; undefined leaves out key encoder, projector and queue. */
  readonly contrastive: (SoftLabel & { readonly weight: number }) | undefined;
  /** Weight of the cross-entropy of the coarse label on the backbone's features; 0 leaves out the classifier. */
  readonly coarseWeight: number;
}
