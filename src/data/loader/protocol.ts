import type { ErrorCode, Failure } from "../../core/index.ts";
import type { AugmentName } from "../augment/names.ts";
import type { ImageSource, Normalization } from "../dataset.ts";

/** One view of every image of a batch. */
export interface View {
  readonly name: AugmentName | "test";
  /** Which of the image's random streams it is drawn from. */
  readonly stream: number;
}

/** Everything a worker receives once, at its start. All memory is shared; nothing below is copied per batch. */
export interface LoaderPlan {
  readonly source: ImageSource;
  readonly normalization: Normalization;
  readonly imageSize: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly views: readonly View[];
  readonly slots: number;
  /** [slots, views, batchSize, 3, imageSize, imageSize] float32. */
  readonly pixels: SharedArrayBuffer;
  /** Which image stands at each place of the epoch, int32; written between runs only. */
  readonly order: SharedArrayBuffer;
  /** `Control` words, then per slot: batch allowed to write, samples ready. int32. */
  readonly control: SharedArrayBuffer;
}

/** A run of consecutive batches; `run` tells it from an abandoned one. */
export interface RunMessage {
  readonly run: number;
  readonly epoch: number;
  readonly firstBatch: number;
  readonly batches: number;
  /** Places of `order` in use: later places of the last batch are filled with zeros. */
  readonly count: number;
}

/** Worker to main, as a wake-up: the facts are in `control`, except for failures. */
export type WorkerMessage =
  | { readonly type: "ready" }
  | { readonly type: "batch" }
  | { readonly type: "idle"; readonly run: number }
  | { readonly type: "error"; readonly code: ErrorCode; readonly failure: Failure };

/** Places in the control words. */
export const RUN = 0;
export const TICKET = 1;
export const SLOTS = 2;
/** The batch that may be written into slot `s`. */
export const turnOf = (s: number): number => SLOTS + 2 * s;
/** How many samples of that batch are done. */
export const doneOf = (s: number): number => SLOTS + 2 * s + 1;

/** Samples a worker takes at a time: few enough to share a batch fairly, enough to make the ticket cheap. */
export const CHUNK = 8;
