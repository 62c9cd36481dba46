export { describeData } from "./data-check.ts";
export { configAt, hasKeys, loadKeys, openKeyEncoder, relationsOptions } from "./diagnose.ts";
export { embedWith, encoderWeights, evaluateEncoder, type Features, openEncoder } from "./evaluate.ts";
export type {
  DiagnoseEvent,
  EndEvent,
  EvalEvent,
  ProgressEvent,
  StartEvent,
  StepEvent,
  TrainEvent,
  WarningEvent,
} from "./events.ts";
export { loadRun, type Run } from "./load-run.ts";
export { lockRun } from "./lock.ts";
export { type TrainOptions, type TrainResult, train } from "./loop.ts";
export { type RunMetrics, readMetrics } from "./read-metrics.ts";
export { noCheckpoint, type RunPaths, readEvaluation, runPaths, writeEvaluation } from "./run-folder.ts";
export { lastState, type RunState, runStates } from "./run-states.ts";
export { stepOptions } from "./step-options.ts";
