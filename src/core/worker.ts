import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker, type WorkerOptions } from "node:worker_threads";
import { MaskconError, messageOf, type StopSignal } from "./index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Starts a worker thread whose file lies beside `from` (an `import.meta.url`), named without its ending.
 * Running from TypeScript sources (tests, benchmarks) the worker loads them through tsx, or their compiled form below
 * `MASKCON_COMPILED`, which is faster; a build needs nothing.
 */
export function startWorker(from: string, name: string, own: WorkerOptions = {}): Worker {
  const options = { ...own, ...withoutInputType() };
  if (!from.endsWith(".ts")) return new Worker(new URL(`${name}.js`, from), options);
  const compiled = compiledBeside(from, name);
  if (compiled) return new Worker(compiled, options);
  const worker = new URL(`${name}.ts`, from).href;
  // The package resolves to its CommonJS build here, whose `register` is broken in tsx 4.23: take the one beside it.
  const tsx = pathToFileURL(createRequire(from).resolve("tsx/esm/api").replace(/cjs$/, "mjs")).href;
  // `--import tsx` does not reach the first file of a worker thread in Node 20.
  const code = `import(${JSON.stringify(tsx)}).then(({ register }) => { register(); return import(${JSON.stringify(worker)}); })`;
  return new Worker(code, { ...options, eval: true });
}

/**
 * The next message of a worker thread, or the reason of the signal.
 * @param work what the thread is at, for messages
 * @throws MaskconError "engine" where it throws or ends
 */
export async function nextMessage<T>(worker: Worker, work: string, signal?: StopSignal): Promise<T> {
  signal?.throwIfAborted();
  let leave = () => {};
  const message = new Promise<T>((resolve, reject) => {
    const lost = (found: string) => reject(new MaskconError("engine", { expected: `${work} by a thread`, found }));
    const threw = (error: unknown) => lost(messageOf(error));
    const ended = (code: number) => lost(`that it ended with code ${code}`);
    const abort = () => reject(signal?.reason);
    worker.once("message", resolve).once("error", threw).once("exit", ended);
    signal?.addEventListener("abort", abort);
    leave = () => {
      worker.off("message", resolve).off("error", threw).off("exit", ended);
      signal?.removeEventListener("abort", abort);
    };
  });
  return message.finally(leave);
}

/** Node's parameters for a program whose file lies beside `from`, as for `startWorker`. */
export function programBeside(from: string, name: string): string[] {
  const fileOf = (ending: string) => fileURLToPath(new URL(`${name}.${ending}`, from));
  if (!from.endsWith(".ts")) return [fileOf("js")];
  const compiled = compiledBeside(from, name);
  const tsx = () => pathToFileURL(createRequire(from).resolve("tsx")).href;
  return compiled ? [compiled] : ["--import", tsx(), fileOf("ts")];
}

function compiledBeside(from: string, name: string): string | undefined {
  const compiled = process.env.MASKCON_COMPILED;
  return compiled && join(compiled, relative(root, fileURLToPath(new URL(`${name}.js`, from))));
}

/** A thread gets the flags of its process, and Node refuses files to one with `--input-type`, which a program on the line has. */
const withoutInputType = (): WorkerOptions =>
  process.execArgv.some((flag) => flag.startsWith("--input-type")) ? { execArgv: [] } : {};
