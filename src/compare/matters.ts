import { matters } from "../config/index.ts";
import { isContrastive, type MethodName, methodNames, methodOf } from "../methods/index.ts";

/**
 * An encoder that is not trained: `whitened` is a frozen model from a file whose features are whitened.
 * @inline
 */
export type Untrained = "frozen" | "whitened";
const untrained: readonly Untrained[] = ["frozen", "whitened"];

/** Encoders that a run measures beside its own. `head`: what is trained behind a model from a file before the model itself. */
export const besideEncoders = [...untrained, "head"] as const;
export type BesideEncoder = (typeof besideEncoders)[number];

/** A method of a grid, or an encoder before any training; `whitened` behind a model from a file alone. */
export type Kind = MethodName | Untrained;
export const cellMethods: readonly Kind[] = [...untrained, ...methodNames];

export const isUntrained = (kind: Kind): kind is Untrained => untrained.some((name) => name === kind);

/** Sees the fine labels in training: an upper reference, no competitor. */
export const isReference = (kind: Kind): boolean => !isUntrained(kind) && methodOf(kind).labels === "fine";

/**
 * The common settings that a method's run takes over; a batch has to fit the images even where nothing is trained, and a
 * method without a contrastive part has no key encoder.
 */
export function keptFor(kind: Kind, key: string, value: unknown): boolean {
  if (key === "encoder" && value === "key" && !isUntrained(kind) && !isContrastive(kind)) return false;
  return matters(kind, key) || key === "batchSize";
}
