import { availableParallelism } from "node:os";
import { type ErrorCode, type Failure, inLanes, MaskconError, type StopSignal } from "../core/index.ts";
import { nextMessage, startWorker } from "../core/worker.ts";
import { silenceTelemetry } from "../engine/index.ts";
import { type ClassGroups, groupClass } from "./class-groups.ts";
import type { DistinctRows } from "./distinct-rows.ts";

/** What `groupClass` takes. */
export interface ClassJob {
  readonly rows: Float32Array;
  readonly dim: number;
  readonly members: Int32Array;
  readonly distinct: DistinctRows;
  readonly seed: number;
}

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
      const { rows, dim, members, distinct, seed } = job();
      found.push(await groupClass(rows, dim, members, distinct, seed));
      o.done();
    }
    return found;
  }
  // Threads cannot.
  silenceTelemetry();
  const free = Array.from({ length: threads }, () => startWorker(import.meta.url, "class-worker"));
  const all = [...free];
  // One that fails between two jobs is heard of at the next.
  for (const worker of all) worker.on("error", () => undefined);
  try {
    await inLanes(jobs.entries(), { count: threads, signal: o.signal }, async ([place, job], signal) => {
      const worker = free.pop()!;
      const own = job();
      worker.postMessage(own, [own.rows.buffer as ArrayBuffer]);
      const answer = await nextMessage<ClassAnswer>(worker, "the groups of a class", signal);
      if ("error" in answer) throw new MaskconError(answer.error.code, answer.error.failure);
      found[place] = answer.found;
      free.push(worker);
      o.done();
    });
    o.signal?.throwIfAborted();
    return found;
  } finally {
    await Promise.all(all.map((worker) => worker.terminate()));
  }
}
