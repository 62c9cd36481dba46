import { availableParallelism } from "node:os";
import { inLanes } from "../../core/index.ts";

/** Runs `work` on every item, a few at a time: decoding happens on threads of its own. */
export async function eachAtOnce<T>(
  items: readonly T[],
  signal: AbortSignal | undefined,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const count = Math.min(availableParallelism(), 4);
  await inLanes(items.entries(), { count, signal }, ([index, item]) => work(item, index));
  signal?.throwIfAborted();
}
