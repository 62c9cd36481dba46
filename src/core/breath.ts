import type { StopSignal } from "./stop-signal.ts";

/** For so long a computation keeps the rest of the program waiting. */
const BREATH_MS = 15;

export type Breath = () => Promise<void>;

/**
 * For the loops of a long computation: `await breath()` gives timers, signals and a server their turn where it was 15 ms ago,
 * and returns at once otherwise. It throws the reason of an aborted signal.
 */
export function breathing(signal?: StopSignal): Breath {
  let rested = performance.now();
  return async () => {
    if (performance.now() - rested < BREATH_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    rested = performance.now();
  };
}
