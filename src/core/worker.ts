import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Starts a worker thread whose file lies beside `from` (an `import.meta.url`), named without its ending.
 * Running from TypeScript sources (tests, benchmarks) the worker loads them through tsx; a build needs nothing.
 */
export function startWorker(from: string, name: string, options: WorkerOptions = {}): Worker {
  const typescript = from.endsWith(".ts");
  const url = new URL(`${name}.${typescript ? "ts" : "js"}`, from);
  return new Worker(url, typescript ? { ...options, execArgv: ["--import", "tsx"] } : options);
}
