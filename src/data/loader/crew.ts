import type { Worker } from "node:worker_threads";
import { fail, MaskconError, messageOf } from "../../core/index.ts";
import type { RunMessage, WorkerMessage } from "./protocol.ts";

/** The worker threads seen as one. Whatever one of them says wakes everybody who waits. */
export interface Crew {
  /** Resolves once every thread runs. */
  ready(): Promise<void>;
  start(message: RunMessage): void;
  /** Waits for `condition`; throws the first failure of any thread, or `busy` once the crew is stopped. */
  until(condition: () => boolean): Promise<void>;
  /** Waits until no thread works on a run any more; never throws. */
  idle(): Promise<void>;
  /** Ends every thread. `abandon` makes them leave their run. */
  stop(abandon: () => void): Promise<void>;
}

/** How long threads may take to leave their run before they are ended regardless. */
const PATIENCE_MS = 5000;

export function crewOf(workers: readonly Worker[]): Crew {
  const { seen, wake, settle } = watch(workers);
  let currentRun = 0;

  const check = () => {
    if (seen.failure) throw seen.failure;
    if (seen.closing) fail("busy", { where: "data loader", expected: "an open loader", found: "one that was closed" });
  };
  const isIdle = () => [...seen.alive].every((worker) => (seen.idleRun.get(worker) ?? 0) === currentRun);

  const until = async (condition: () => boolean) => {
    await settle(() => seen.failure !== undefined || seen.closing || condition());
    check();
  };
  return {
    until,
    ready: () => until(() => seen.ready.size === workers.length),
    idle: () => settle(isIdle),
    start(message) {
      check();
      currentRun = message.run;
      for (const worker of workers) worker.postMessage(message);
    },
    async stop(abandon) {
      seen.closing = true;
      abandon();
      wake();
      // Threads leave their run first: ending one inside a native decode is not safe everywhere.
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, PATIENCE_MS);
      });
      await Promise.race([settle(isIdle), patience]);
      clearTimeout(timer);
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/** Keeps in `seen` what the threads say. Each message, failure and end wakes everybody who waits in `settle`. */
function watch(workers: readonly Worker[]) {
  const seen = {
    alive: new Set(workers),
    ready: new Set<Worker>(),
    /** The last run that a thread has left. */
    idleRun: new Map<Worker, number>(),
    failure: undefined as MaskconError | undefined,
    /** Whether threads end because they are asked to. */
    closing: false,
  };
  const waiters = new Set<() => void>();

  const wake = () => {
    for (const waiter of waiters) waiter();
    waiters.clear();
  };
  const settle = async (condition: () => boolean) => {
    while (!condition()) await new Promise<void>((resolve) => waiters.add(resolve));
  };
  const died = (found: string, cause?: unknown) => {
    seen.failure ??= new MaskconError("data", { where: "data worker", expected: "a running thread", found }, { cause });
  };

  for (const worker of workers) {
    worker.on("message", (message: WorkerMessage) => {
      if (message.type === "error") seen.failure ??= new MaskconError(message.code, message.failure);
      else if (message.type === "ready") seen.ready.add(worker);
      else if (message.type === "idle") seen.idleRun.set(worker, message.run);
      wake();
    });
    worker.on("error", (error) => {
      died(messageOf(error), error);
      wake();
    });
    worker.on("exit", (code) => {
      seen.alive.delete(worker);
      if (!seen.closing) died(`that it ended with code ${code}`);
      wake();
    });
  }
  return { seen, wake, settle };
}
