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
  const alive = new Set(workers);
  const ready = new Set<Worker>();
  const idleRun = new Map<Worker, number>();
  const waiters = new Set<() => void>();
  let failure: MaskconError | undefined;
  let closing = false;
  let currentRun = 0;

  const wake = () => {
    for (const waiter of waiters) waiter();
    waiters.clear();
  };
  const settle = async (condition: () => boolean) => {
    while (!condition()) await new Promise<void>((resolve) => waiters.add(resolve));
  };
  const check = () => {
    if (failure) throw failure;
    if (closing) fail("busy", { where: "data loader", expected: "an open loader", found: "one that was closed" });
  };
  const died = (found: string, cause?: unknown) => {
    failure ??= new MaskconError("data", { where: "data worker", expected: "a running thread", found }, { cause });
  };
  const isIdle = () => [...alive].every((worker) => (idleRun.get(worker) ?? 0) === currentRun);

  for (const worker of workers) {
    worker.on("message", (message: WorkerMessage) => {
      if (message.type === "error") failure ??= new MaskconError(message.code, message.failure);
      else if (message.type === "ready") ready.add(worker);
      else if (message.type === "idle") idleRun.set(worker, message.run);
      wake();
    });
    worker.on("error", (error) => {
      died(messageOf(error), error);
      wake();
    });
    worker.on("exit", (code) => {
      alive.delete(worker);
      if (!closing) died(`that it ended with code ${code}`);
      wake();
    });
  }

  const until = async (condition: () => boolean) => {
    await settle(() => failure !== undefined || closing || condition());
    check();
  };
  return {
    until,
    ready: () => until(() => ready.size === workers.length),
    idle: () => settle(isIdle),
    start(message) {
      check();
      currentRun = message.run;
      for (const worker of workers) worker.postMessage(message);
    },
    async stop(abandon) {
      closing = true;
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
