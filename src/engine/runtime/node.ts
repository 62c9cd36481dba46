import type { Worker } from "node:worker_threads";
import { fail, MaskconError, messageOf } from "../../core/index.ts";
import { startWorker } from "../../core/worker.ts";
import { measureBlock } from "./block-size.ts";
import type { Arrays, Executor, ExecutorOptions } from "./contract.ts";
import type { Call, Response } from "./messages.ts";
import { silenceTelemetry } from "./telemetry.ts";

/**
 * Opens a runtime in a worker thread of its own, so that the caller's thread stays responsive while a step computes.
 * Feeds backed by shared memory are handed over without a copy; others are copied once.
 */
export async function createExecutor(options: ExecutorOptions): Promise<Executor> {
  silenceTelemetry();
  const remote = new Remote(startWorker(import.meta.url, "node-worker"));
  try {
    await remote.call({ call: "open", options });
  } catch (error) {
    // The first error is the cause.
    await remote.close().catch(() => undefined);
    throw error;
  }
  return {
    run: (program, feeds) => remote.call({ call: "run", program, feeds }) as Promise<Arrays>,
    write: (slots) => remote.call({ call: "write", slots }, wholeBuffers(slots)) as Promise<void>,
    read: (slots) => remote.call({ call: "read", slots }) as Promise<Arrays>,
    release: (program) => remote.call({ call: "release", program }) as Promise<void>,
    fallbacks: () => remote.call({ call: "fallbacks" }) as Promise<Record<string, string[]>>,
    close: () => remote.close(),
  };
}

/** Buffers that can move to the worker instead of being copied: no other array looks into them. */
function wholeBuffers(arrays: Arrays): ArrayBuffer[] {
  return Object.values(arrays).flatMap(({ buffer, byteLength }) =>
    buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [],
  );
}

/** Calls into the worker and the promises that wait for its answers. */
class Remote {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  #nextId = 0;
  #closed: Promise<void> | undefined;
  /** Why the thread ended, once it has. */
  #death: MaskconError | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (response: Response) => {
      const waiting = this.#waiting.get(response.id);
      this.#waiting.delete(response.id);
      if ("error" in response) waiting?.reject(new MaskconError(response.error.code, response.error.failure));
      else waiting?.resolve(response.value);
    });
    worker.on("error", (error) => this.#fail(messageOf(error)));
    worker.on("exit", (code) => this.#fail(`its thread ended with code ${code}`));
  }

  async call(call: Call, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (this.#closed) fail("engine", { expected: "an open runtime", found: "a closed one" });
    if (this.#death) throw this.#death;
    return this.#send(call, transfer);
  }

  /** Idempotent: a second close waits for the first. */
  close(): Promise<void> {
    this.#closed ??= this.#death ? Promise.resolve() : this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    try {
      await this.#send({ call: "close" });
    } finally {
      await this.#worker.terminate();
    }
  }

  #send(call: Call, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, ...call }, transfer);
    });
  }

  #fail(found: string): void {
    this.#death ??= new MaskconError("engine", { expected: "the runtime's thread to live", found });
    for (const { reject } of this.#waiting.values()) reject(this.#death);
    this.#waiting.clear();
  }
}

let block: Promise<number> | undefined;

/** See `measureBlock`; the answer stays the same while the process lives. */
export function blockSize(): Promise<number> {
  block ??= measureBlock(createExecutor);
  return block;
}
