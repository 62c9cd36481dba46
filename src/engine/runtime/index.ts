export {
  type Arrays,
  type Executor,
  type ExecutorOptions,
  type Program,
  type StateSlot,
  stateInput,
  stateOutput,
} from "./contract.ts";
export { type Device, deviceNames, deviceOf } from "./devices.ts";
export { type OnnxRuntime, ResidentExecutor } from "./resident.ts";
export { silenceTelemetry } from "./telemetry.ts";
export { waitingThreads } from "./waiting-threads.ts";
