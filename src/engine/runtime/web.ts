import { env, InferenceSession, Tensor } from "onnxruntime-web/webgpu";
import { fail } from "../../core/index.ts";
import type { Executor, ExecutorOptions } from "./contract.ts";
import { deviceNames, deviceOf } from "./devices.ts";
import { type OnnxRuntime, ResidentExecutor } from "./resident.ts";
import type { OnnxRuntimeSettings } from "./web-settings.ts";

export type { OnnxRuntimeSettings };

/** ONNX Runtime's own settings, for where its Wasm files lie: `onnxRuntime.wasm.wasmPaths = "/assets/"`. */
export const onnxRuntime: OnnxRuntimeSettings = env;

const ort = { InferenceSession, Tensor } as unknown as OnnxRuntime;

// All WebGPU sessions of a page share one device: one at a time is created or run, whichever executor it belongs to.
let last: Promise<unknown> = Promise.resolve();

function inTurn<T>(task: () => Promise<T>): Promise<T> {
  const turn = last.then(task, task);
  last = turn.catch(() => {});
  return turn;
}

/**
 * Opens a runtime in a page: `webgpu`, or `cpu` for WebAssembly. It computes in the thread that calls it, so call it from
 * a worker to keep the page responsive.
 * @throws MaskconError "device" where the browser has no such device.
 */
export async function createExecutor(options: ExecutorOptions): Promise<Executor> {
  const { device } = options;
  if (!deviceOf(device).inPages) {
    const expected = deviceNames.filter((name) => deviceOf(name).inPages).join(" or ");
    fail("device", { where: `device ${device}`, expected, found: `a browser, which has no ${device}` });
  }
  const executor = new ResidentExecutor(ort, options);
  await inTurn(() => executor.probe());
  let closed: Promise<void> | undefined;
  const open = async <T>(task: () => Promise<T>): Promise<T> => {
    if (closed) fail("engine", { expected: "an open runtime", found: "a closed one" });
    return inTurn(task);
  };
  return {
    run: (program, feeds) => open(() => executor.run(program, feeds)),
    write: (slots) => open(() => executor.write(slots)),
    read: (slots) => open(() => executor.read(slots)),
    release: (program) => open(() => executor.release(program)),
    fallbacks: () => executor.fallbacks(),
    close: () => {
      closed ??= inTurn(() => executor.close());
      return closed;
    },
  };
}

/** The Wasm build has no blocked kernels. */
export const blockSize = async (): Promise<number> => 0;
