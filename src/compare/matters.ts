import { matters } from "../config/index.ts";
import { isContrastive, type MethodName, methodNames, methodOf } from "../methods/index.ts";

/** A method of the grid: `frozen` is the encoder before any training. */
export type Kind = MethodName | "frozen";
export const cellMethods: readonly Kind[] = ["frozen", ...methodNames];

/** Sees the fine labels in training: an upper reference, no competitor. */
export const isReference = (kind: Kind): boolean => kind !== "frozen" && methodOf(kind).labels === "fine";

/**
 * The common settings that a method's run takes over; a batch has to fit the images even where nothing is trained, and a
 * method without a contrastive part has no key encoder.
 */
export function keptFor(kind: Kind, key: string, value: unknown): boolean {
  if (key === "encoder" && value === "key" && kind !== "frozen" && !isContrastive(kind)) return false;
  return matters(kind, key) || key === "batchSize";
}
