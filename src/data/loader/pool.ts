import { fail } from "../../core/index.ts";
import { startWorker } from "../../core/worker.ts";
import type { Dataset } from "../dataset.ts";
import { type Crew, crewOf } from "./crew.ts";
import { doneOf, type LoaderPlan, RUN, SLOTS, TICKET, turnOf, type View } from "./protocol.ts";

export interface PoolOptions {
  readonly dataset: Dataset;
  readonly batchSize: number;
  readonly imageSize: number;
  readonly views: readonly View[];
  readonly seed: number;
  readonly workers: number;
  readonly slots: number;
}

/**
 * One finished batch: `pixels[view]` is [batchSize, 3, imageSize, imageSize], normalised, in shared memory. One view lies behind
 * the other.
 */
export interface PoolBatch {
  readonly batch: number;
  readonly pixels: readonly Float32Array[];
  /** Gives the memory back; the arrays are overwritten soon after. */
  release(): void;
}

export interface PoolJob {
  readonly epoch: number;
  readonly firstBatch: number;
  readonly batches: number;
  /** Which image stands at each place. */
  readonly order: Int32Array;
  /** Places of `order` in use: what lies beyond them in the last batch is filled with zeros. */
  readonly count: number;
}

export interface Pool {
  /** Batches firstBatch .. firstBatch + batches - 1, one run at a time. */
  run(job: PoolJob): AsyncGenerator<PoolBatch>;
  /** Time the consumer has waited for batches that were not ready. */
  readonly waitedMs: number;
  close(): Promise<void>;
}

/** Starts the worker threads and their shared ring of batch slots. */
export async function createPool(options: PoolOptions): Promise<Pool> {
  const plan = planOf(options);
  const workers = Array.from({ length: options.workers }, () =>
    startWorker(import.meta.url, "worker", { workerData: plan }),
  );
  const ring = ringOf(plan, crewOf(workers));
  try {
    await ring.crew.ready();
  } catch (error) {
    await ring.close();
    throw error;
  }
  return {
    run: (job) => ring.run(job),
    get waitedMs() {
      return ring.waitedMs;
    },
    close: ring.close,
  };
}

function ringOf(plan: LoaderPlan, crew: Crew) {
  const turns = slotTurns(plan);
  const slots = sliceSlots(plan);
  const state = { crew, waitedMs: 0, run, close: () => crew.stop(abandon) };
  let current = 0;
  let busy = false;

  function abandon(): void {
    turns.withdraw(++current);
  }

  function begin(job: PoolJob): number {
    abandon();
    turns.deal();
    new Int32Array(plan.order).set(job.order);
    const { epoch, firstBatch, batches, count } = job;
    crew.start({ run: current, epoch, firstBatch, batches, count });
    return current;
  }

  async function* run(job: PoolJob): AsyncGenerator<PoolBatch> {
    if (busy) fail("busy", { where: "data loader", expected: "one epoch at a time", found: "a second one" });
    busy = true;
    let held = 0;
    try {
      const own = begin(job);
      for (let batch = 0; batch < job.batches; batch++) {
        if (held === plan.slots) {
          fail("busy", { where: "data loader", expected: "release() of earlier batches", found: `${held} still held` });
        }
        const slot = batch % plan.slots;
        const since = performance.now();
        await crew.until(() => turns.isFilled(slot));
        state.waitedMs += performance.now() - since;
        held++;
        let released = false;
        const release = () => {
          if (released || current !== own) return;
          released = true;
          held--;
          turns.pass(slot, batch + plan.slots);
        };
        yield { batch: job.firstBatch + batch, pixels: slots[slot]!, release };
      }
    } finally {
      abandon();
      await crew.idle();
      busy = false;
    }
  }
  return state;
}

/** The words in shared memory by which workers know which batch they may write into a slot. */
function slotTurns({ control: memory, slots, batchSize }: LoaderPlan) {
  const control = new Int32Array(memory);
  return {
    /** Has workers leave whatever run is not `run`. */
    withdraw(run: number): void {
      Atomics.store(control, RUN, run);
      for (let slot = 0; slot < slots; slot++) {
        // The turn changes as well, or a worker that is about to wait for it would miss the notification.
        Atomics.store(control, turnOf(slot), -1);
        Atomics.notify(control, turnOf(slot));
      }
    },
    /** Gives the first batches a slot each; no worker is in a run. */
    deal(): void {
      Atomics.store(control, TICKET, 0);
      for (let slot = 0; slot < slots; slot++) {
        Atomics.store(control, turnOf(slot), slot);
        Atomics.store(control, doneOf(slot), 0);
      }
    },
    isFilled: (slot: number): boolean => Atomics.load(control, doneOf(slot)) === batchSize,
    /** Gives a slot to a later batch. */
    pass(slot: number, batch: number): void {
      Atomics.store(control, doneOf(slot), 0);
      Atomics.store(control, turnOf(slot), batch);
      Atomics.notify(control, turnOf(slot));
    },
  };
}

function planOf(o: PoolOptions): LoaderPlan {
  const floats = o.slots * o.views.length * o.batchSize * 3 * o.imageSize * o.imageSize;
  return {
    source: o.dataset.source,
    normalization: o.dataset.normalization,
    imageSize: o.imageSize,
    batchSize: o.batchSize,
    seed: o.seed,
    views: o.views,
    slots: o.slots,
    pixels: ringMemory(floats * 4, o),
    order: new SharedArrayBuffer(o.dataset.length * 4),
    control: new SharedArrayBuffer((SLOTS + 2 * o.slots) * 4),
  };
}

function ringMemory(bytes: number, { batchSize, imageSize, views }: PoolOptions): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(bytes);
  } catch (error) {
    const found = `${batchSize} images of ${imageSize} px a batch, which take ${(bytes / 2 ** 30).toFixed(1)} GB`;
    const fix = `lower --batch-size${views.length > 2 ? ", --crops" : ""} or --image-size`;
    return fail("config", { where: "data loader", expected: "batches that fit into memory", found, fix }, error);
  }
}

/** [slot][view] float arrays over the ring. */
function sliceSlots({ slots, views, batchSize, imageSize, pixels }: LoaderPlan): Float32Array[][] {
  const floats = batchSize * 3 * imageSize * imageSize;
  return Array.from({ length: slots }, (_, slot) =>
    views.map((_, view) => new Float32Array(pixels, (slot * views.length + view) * floats * 4, floats)),
  );
}
