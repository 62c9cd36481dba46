import { matters } from "../config/index.ts";
import { methodNames } from "../methods/index.ts";

/** A method of the grid: `frozen` is the encoder before any training. */
export type Kind = (typeof methodNames)[number] | "frozen";
export const cellMethods: readonly Kind[] = ["frozen", ...methodNames];

/** Sees the fine labels in training: an upper reference, no competitor. */
export const isReference = (kind: Kind): boolean => kind === "supfine";

/**
 * The common settings that a method's run takes over; a batch has to fit the images even where nothing is trained, and
 * SupCE has no key encoder.
 */
export function keptFor(kind: Kind, key: string, value: unknown): boolean {
  if (kind === "supce" && key === "encoder" && value === "key") return false;
  return matters(kind, key) || key === "batchSize";
}
