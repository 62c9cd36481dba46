import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import { type ErrorCode, type Failure, inLanes, MaskconError, type StopSignal } from "../core/index.ts";
import { nextMessage, startWorker } from "../core/worker.ts";
import { silenceTelemetry } from "../engine/index.ts";
import { type ClassGroups, type ClassJob, groupClass } from "./class-groups.ts";

/** Has a thread leave its class. */
export const STOP = "stop";

export type ClassAnswer =
  | { readonly found: ClassGroups }
  | { readonly error: { readonly code: ErrorCode; readonly failure: Failure } };

interface GroupingOptions {
  /** Images of all classes. */
  readonly images: number;
  /** All cores by default. */
  readonly threads: number | undefined;
  readonly signal: StopSignal | undefined;
  /** Called after every class. */
  readonly done: () => void;
}

/** Each takes some 100 MB. */
const MOST_THREADS = 8;
/** Fewer are grouped before threads have started. */
const LEAST_IMAGES = 1000;

/** `groupClass` of each job, a class a thread: the same bits on any number of them. Jobs are made when their turn comes. */
export async function groupClasses(jobs: readonly (() => ClassJob)[], o: GroupingOptions): Promise<ClassGroups[]> {
  const threads = Math.min(o.threads ?? availableParallelism(), MOST_THREADS, jobs.length);
  const found: ClassGroups[] = [];
  if (threads < 2 || o.images < LEAST_IMAGES) {
    for (const job of jobs) {
      o.signal?.throwIfAborted();
      found.push(await groupClass(job(), o.signal));
      o.done();
    }
    return found;
  }
  // Threads cannot.
  silenceTelemetry();
  const all = Array.from({ length: threads }, () => startWorker(import.meta.url, "class-worker"));
  // One that fails between two jobs is heard of at the next.
  for (const worker of all) worker.on("error", () => undefined);
  const free = [...all];
  try {
    await inLanes(jobs.entries(), { count: threads, signal: o.signal }, async ([place, job], signal) => {
      const worker = free.pop()!;
      found[place] = await groupIn(worker, job(), signal);
      free.push(worker);
      o.done();
    });
    o.signal?.throwIfAborted();
    return found;
  } finally {
    await Promise.all(all.map((worker) => worker.terminate()));
  }
}

/** An aborted thread is waited for: ended inside a native call it would take the process along. */
async function groupIn(worker: Worker, job: ClassJob, signal: AbortSignal): Promise<ClassGroups> {
  const stop = () => worker.postMessage(STOP);
  signal.addEventListener("abort", stop);
  try {
    worker.postMessage(job, [job.rows.buffer as ArrayBuffer]);
    const answer = await nextMessage<ClassAnswer>(worker, "the groups of a class");
    signal.throwIfAborted();
    if ("error" in answer) throw new MaskconError(answer.error.code, answer.error.failure);
    return answer.found;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
