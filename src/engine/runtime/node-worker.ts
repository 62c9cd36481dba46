import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort } from "node:worker_threads";
import { type Failure, MaskconError, messageOf } from "../../core/index.ts";
import type { Arrays } from "./contract.ts";
import type { Request, Response } from "./messages.ts";
import { type OnnxRuntime, ResidentExecutor } from "./resident.ts";

/** A runtime worker: ONNX Runtime blocks the thread it runs in, so it has one of its own. */
const port = parentPort!;
let executor: ResidentExecutor | undefined;
let queue: Promise<void> = Promise.resolve();

/** With so many bytes of replaced state the garbage collector is called. */
const COLLECT_ABOVE = 32 * 2 ** 20;

port.on("message", (request: Request) => {
  queue = queue.then(async () => {
    await reply(request);
    if (request.call === "close") port.close();
  });
});

/** An answer that cannot be sent is replaced by its error, and the thread goes on. */
async function reply(request: Request): Promise<void> {
  const [response, buffers] = await answer(request);
  try {
    port.postMessage(response, buffers);
  } catch (error) {
    port.postMessage(failed(request, error)[0]);
  }
}

async function answer(request: Request): Promise<[Response, ArrayBuffer[]]> {
  try {
    const value = await perform(request);
    const buffers =
      request.call === "read" ? Object.values(value as Arrays).map((array) => array.buffer as ArrayBuffer) : [];
    return [{ id: request.id, value }, buffers];
  } catch (error) {
    return failed(request, error);
  }
}

function failed({ id, call }: Request, error: unknown): [Response, ArrayBuffer[]] {
  if (error instanceof MaskconError) return [{ id, error: { code: error.code, failure: error.failure } }, []];
  const found = messageOf(error);
  const failure: Failure =
    call === "open"
      ? { expected: "ONNX Runtime to start with this state", found, fix: openFix(found) }
      : { expected: "the engine to finish its run", found, fix: "report this with the graph's text form" };
  return [{ id, error: { code: "engine", failure } }, []];
}

const openFix = (found: string): string =>
  /alloc|array length|buffer|memory/i.test(found)
    ? "lower the queue size, the batch or the image size"
    : "install onnxruntime-node for this platform (`npm ls onnxruntime-node` says whether it is there)";

/**
 * The state that a run replaced holds many megabytes behind small objects, so the garbage collector sees little to
 * collect and memory grows. This thread's heap is small: a collection takes a few milliseconds.
 */
let collect: (() => void) | undefined;
function freeReplacedState(): void {
  if (executor!.bytesReplaced < COLLECT_ABOVE) return;
  if (!collect) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  collect();
  executor!.bytesReplaced = 0;
}

async function perform(request: Request): Promise<unknown> {
  if (request.call === "open") {
    const ort = (await import("onnxruntime-node")) as unknown as OnnxRuntime & { env: { logLevel: string } };
    // Errors are thrown and become one clear line. Without this the runtime prints them as well.
    ort.env.logLevel = "fatal";
    executor = new ResidentExecutor(ort, request.options);
    return executor.probe();
  }
  switch (request.call) {
    case "run": {
      const fetched = await executor!.run(request.program, request.feeds);
      freeReplacedState();
      return fetched;
    }
    case "write":
      await executor!.write(request.slots);
      return freeReplacedState();
    case "read":
      return executor!.read(request.slots);
    case "release":
      return executor!.release(request.program);
    case "fallbacks":
      return executor!.fallbacks();
    case "close":
      return executor?.close();
  }
}
