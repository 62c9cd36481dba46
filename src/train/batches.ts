import type { TrainBatch, TrainLoader } from "../data/index.ts";
import type { Step } from "../step/index.ts";

/** The batches of steps `from` to `to` (exclusive), the next one already on its way while the last is worked on. */
export async function* batchesBetween(loader: TrainLoader, from: number, to: number): AsyncGenerator<TrainBatch> {
  const source = inOrder(loader, from, to);
  let next = source.next();
  try {
    for (;;) {
      const { value, done } = await next;
      if (done) return;
      next = source.next();
      // A failure here is the next turn's to report; until then it must not count as unhandled.
      next.catch(() => undefined);
      yield value;
    }
  } finally {
    const { value } = await next.catch(() => ({ value: undefined }));
    value?.release();
    await source.return(undefined);
  }
}

async function* inOrder(loader: TrainLoader, from: number, to: number): AsyncGenerator<TrainBatch, undefined> {
  const per = loader.batchesPerEpoch;
  for (let step = from; step < to; ) {
    for await (const batch of loader.epoch(Math.floor(step / per), step % per)) {
      yield batch;
      if (++step >= to) return undefined;
    }
  }
  return undefined;
}

/**
 * Fills the queue with real keys before the first step: weak views under the untrained key encoder, from epochs beyond
 * the run's last, so that no later batch meets its own views there.
 */
export async function fillQueue(step: Step, loader: TrainLoader, queueSize: number, firstEpoch: number): Promise<void> {
  let filled = 0;
  for (let epoch = firstEpoch; filled < queueSize; epoch++) {
    for await (const batch of loader.epoch(epoch)) {
      await step.fillQueue({ key: batch.key, coarseLabels: batch.coarseLabels });
      filled += batch.coarseLabels.length;
      batch.release();
      if (filled >= queueSize) break;
    }
  }
}
