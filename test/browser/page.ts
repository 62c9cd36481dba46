import { createExecutor, onnxRuntime } from "../../src/engine/runtime/web.ts";
import { cases, representative } from "../conformance/cases.ts";
import { runTrial, type TrialResult } from "../conformance/step-trial.ts";
import { runSuite, type SuiteReport, type Target } from "../conformance/suite.ts";

/** What the test calls in the page. */
export interface Page {
  suite(device: "cpu" | "webgpu"): Promise<SuiteReport>;
  trial(device: "cpu" | "webgpu", steps: number): Promise<TrialResult>;
  /** The message of the error that opening a device gives, if any. */
  refusal(device: "webgpu" | "cuda"): Promise<string | undefined>;
}

onnxRuntime.wasm.wasmPaths = "/";

const target = (device: "cpu" | "webgpu"): Target => ({
  name: `page, ${device}`,
  block: 0,
  open: (programs) => createExecutor({ device, state: {}, programs }),
});

const page: Page = {
  suite: (device) => runSuite(target(device), device === "cpu" ? cases : representative(1)),
  trial: (device, steps) => runTrial({ open: createExecutor, blockSize: async () => 0 }, device, steps),
  async refusal(device) {
    try {
      const executor = await createExecutor({ device, state: {}, programs: {} });
      await executor.close();
      return undefined;
    } catch (error) {
      return String(error);
    }
  },
};

Object.assign(globalThis, { page });
