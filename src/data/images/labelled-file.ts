import type { Encoded } from "./encoded.ts";

/** An image with its labels, before anything was decoded. */
export interface LabelledFile {
  /** To open it by: a file of its own, or a part of a larger one. One collection has only one of the two kinds. */
  readonly file: Encoded;
  /** To show it by; unique within its collection. */
  readonly id: string;
  readonly coarse: string;
  readonly fine: string | undefined;
  readonly split: "train" | "test" | undefined;
  /** Known to be unreadable, and why. */
  readonly problem?: string | undefined;
}
