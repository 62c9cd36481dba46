import type { TrainBatch, TrainLoader } from "../data/index.ts";
import type { Step } from "../step/index.ts";

/**
 * The batches of steps `from` to `to` (exclusive). The loader's workers stay ahead of the step by themselves; a batch
 * must be released before the next is asked for, because a new epoch takes the whole memory of the last.
 */
export async function* batchesBetween(loader: TrainLoader, from: number, to: number): AsyncGenerator<TrainBatch> {
  const per = loader.batchesPerEpoch;
  for (let step = from; step < to; ) {
    for await (const batch of loader.epoch(Math.floor(step / per), step % per)) {
      yield batch;
      if (++step >= to) return;
    }
  }
}

interface FillOptions {
  readonly queueSize: number;
  readonly firstEpoch: number;
  readonly signal?: AbortSignal | undefined;
  /** Called after every batch with the number of keys in the queue. */
  readonly progress?: (done: number, total: number) => void;
}

/**
 * Fills the queue with real keys before the first step: weak views under the untrained key encoder, from epochs beyond
 * the run's last, so that no later batch meets its own views there. Gives whether it is full: `signal` ends it early.
 */
export async function fillQueue(
  step: Step,
  loader: TrainLoader,
  { queueSize, firstEpoch, signal, progress }: FillOptions,
): Promise<boolean> {
  let filled = 0;
  for (let epoch = firstEpoch; filled < queueSize; epoch++) {
    for await (const batch of loader.epoch(epoch)) {
      await step.fillQueue(batch);
      filled += batch.coarseLabels.length;
      batch.release();
      progress?.(Math.min(filled, queueSize), queueSize);
      if (signal?.aborted || filled >= queueSize) break;
    }
    if (signal?.aborted) return filled >= queueSize;
  }
  return true;
}
