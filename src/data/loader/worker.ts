import { constants, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { MaskconError, messageOf, random } from "../../core/index.ts";
import { viewWriter } from "../augment/views.ts";
import {
  CHUNK,
  doneOf,
  type LoaderPlan,
  RUN,
  type RunMessage,
  TICKET,
  turnOf,
  type WorkerMessage,
} from "./protocol.ts";
import { pixelReader } from "./read-pixels.ts";

// An operator of the model waits for the last of its threads: one that had to leave its core to a worker would hold up all. On
// Linux this is the priority of the calling thread, elsewhere that of the process.
if (process.platform === "linux") setPriority(constants.priority.PRIORITY_LOW);

const plan = workerData as LoaderPlan;
const port = parentPort!;
const control = new Int32Array(plan.control);
const order = new Int32Array(plan.order);
const pixels = new Float32Array(plan.pixels);
const reader = pixelReader(plan.source);
const writers = plan.views.map(({ name }) => viewWriter(name, plan.imageSize, plan.normalization));
const CHUNKS_PER_BATCH = Math.ceil(plan.batchSize / CHUNK);
const imageFloats = 3 * plan.imageSize * plan.imageSize;

const post = (message: WorkerMessage) => port.postMessage(message);
const abandoned = (run: number) => Atomics.load(control, RUN) !== run;

/** Takes tickets (a chunk of a batch each, in order) until the run is over or abandoned. */
async function work(job: RunMessage): Promise<void> {
  const tickets = job.batches * CHUNKS_PER_BATCH;
  while (!abandoned(job.run)) {
    const ticket = Atomics.add(control, TICKET, 1);
    if (ticket >= tickets) return;
    const batch = Math.floor(ticket / CHUNKS_PER_BATCH);
    const slot = batch % plan.slots;
    if (!waitForTurn(slot, batch, job.run)) return;
    const from = (ticket % CHUNKS_PER_BATCH) * CHUNK;
    const to = Math.min(from + CHUNK, plan.batchSize);
    await fill(job, batch, slot, from, to);
    const done = Atomics.add(control, doneOf(slot), to - from) + to - from;
    if (done === plan.batchSize) post({ type: "batch" });
  }
}

/** Blocks until the consumer has released the slot; false when the run was abandoned meanwhile. */
function waitForTurn(slot: number, batch: number, run: number): boolean {
  for (;;) {
    const turn = Atomics.load(control, turnOf(slot));
    if (abandoned(run)) return false;
    if (turn === batch) return true;
    Atomics.wait(control, turnOf(slot), turn);
  }
}

/** Writes every view of places from..to of a batch. Reading may be asynchronous, so all reads of a chunk start at once. */
async function fill(job: RunMessage, batch: number, slot: number, from: number, to: number): Promise<void> {
  const first = (job.firstBatch + batch) * plan.batchSize;
  if (reader.kind === "sync") {
    for (let i = from; i < to; i++) {
      if (first + i < job.count) write(job, slot, i, order[first + i]!, reader.read(order[first + i]!));
      else clear(slot, i);
    }
    return;
  }
  await Promise.all(
    Array.from({ length: to - from }, async (_, k) => {
      const i = from + k;
      if (first + i >= job.count) return clear(slot, i);
      const sample = order[first + i]!;
      write(job, slot, i, sample, await reader.read(sample));
    }),
  );
}

function write(
  job: RunMessage,
  slot: number,
  place: number,
  sample: number,
  source: Parameters<(typeof writers)[0]>[0],
) {
  for (let view = 0; view < writers.length; view++) {
    const rng = random(plan.seed, job.epoch, sample, plan.views[view]!.stream);
    writers[view]!(source, rng, pixels, startOf(slot, view, place));
  }
}

function clear(slot: number, place: number): void {
  for (let view = 0; view < writers.length; view++) {
    const at = startOf(slot, view, place);
    pixels.fill(0, at, at + imageFloats);
  }
}

const startOf = (slot: number, view: number, place: number) =>
  ((slot * writers.length + view) * plan.batchSize + place) * imageFloats;

port.on("message", (job: RunMessage) => {
  work(job)
    .catch((error: unknown) => {
      const { code, failure } =
        error instanceof MaskconError
          ? error
          : ({
              code: "data",
              failure: { where: "data worker", expected: "a batch", found: messageOf(error) },
            } as const);
      post({ type: "error", code, failure });
    })
    .finally(() => post({ type: "idle", run: job.run }));
});
post({ type: "ready" });
