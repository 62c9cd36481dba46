import type { Value } from "../engine/index.ts";
import type { MethodSetting } from "./settings.ts";

/** One row of the table of methods. */
export interface Method {
  /** Its loss in the symbols of `methods.ts`, for documentation. */
  readonly loss: string;
  /** What that is, in one line. */
  readonly summary: string;
  /** w: the usual one where `settings` has `softWeight`, else the one value that the method is. */
  readonly softWeight: number;
  /** The settings that it uses: others given for it are refused. */
  readonly settings: readonly MethodSetting[];
  /** Those of them that may change during a run. */
  readonly scheduled: readonly MethodSetting[];
  /** The labels it is trained on. A method that sees the fine ones is no part of a fair comparison. */
  readonly labels: "coarse" | "fine";
  /** What a step computes. */
  readonly objective: (values: { readonly w: number; readonly T: number; readonly x: number }) => Objective;
}

/** What a method asks of the step: a contrastive part, a part of coarse cross-entropy, or both. */
export interface Objective {
  /** Weight of the contrastive loss and its targets; undefined leaves out key encoder, projector and queue. */
  readonly contrastive: (SoftLabel & { readonly weight: number }) | undefined;
  /** Weight of the cross-entropy of the coarse label on the backbone's features; 0 leaves out the classifier. */
  readonly coarseWeight: number;
}

/** w and T of a contrastive loss's targets, as numbers or as values of the graph; T infinite: the whole class alike. */
export interface SoftLabel<S = number> {
  readonly softWeight: S;
  readonly softTemperature: S;
}

/** Shape letters: N batch, R crops of an image, K queue, D embedding, C coarse classes. */
export interface ContrastiveInputs {
  /** Query embeddings, unit rows [R N, D]: row r N + n is crop r of image n. */
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
  /** Bool [N, K]: entries of the queue that are the sample's own earlier keys. Without it they are entries like the others. */
  readonly ownKeyMask?: Value;
  /** What they are: left out of targets and logits (the default), or positives like the own key. */
  readonly ownKeys?: "masked" | "positive" | undefined;
}
