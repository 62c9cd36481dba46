import type { StopSignal } from "../core/index.ts";

/** How a long evaluation reports where it is, and how it is stopped. */
export interface Effort {
  /** Aborts by throwing the signal's reason, between two matrix products. */
  readonly signal?: StopSignal | undefined;
  /** Called as the work goes on, many times a phase. */
  readonly progress?: ((event: EvalProgress) => void) | undefined;
}

/** Where an evaluation is. */
export interface EvalProgress {
  /** `neighbours` counts pairs of images, `clusters` k-means iterations (at most), `intervals` resamples. */
  readonly phase: "neighbours" | "clusters" | "intervals";
  readonly done: number;
  readonly total: number;
}

/** Counts what is done of a long computation. */
export interface Counter {
  /** Adds to what is done; throws where the work was aborted. */
  add(count: number): void;
}

export function counter({ signal, progress }: Effort, phase: EvalProgress["phase"], total: number): Counter {
  let done = 0;
  return {
    add(count) {
      signal?.throwIfAborted();
      done += count;
      progress?.({ phase, done, total });
    },
  };
}
