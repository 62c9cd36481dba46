export { listCheckpoints, loadLastCheckpoint, saveCheckpoint } from "./checkpoint.ts";
export { describeData } from "./describe-data.ts";
export { asSeenBy, embedWithRun, type RunEmbedOptions, runEmbedder } from "./embed-with-run.ts";
export {
  type EmbedEffort,
  type EncoderConfig,
  embedWith,
  encoderWeights,
  evaluateEncoder,
  withEncoder,
} from "./encoder.ts";
export { type EncoderPair, withEncoderPair } from "./encoder-pair.ts";
export type {
  DiagnoseEvent,
  EndEvent,
  EvalEvent,
  ProgressEvent,
  StartEvent,
  StepEvent,
  TrainEvent,
} from "./events.ts";
export { followMetrics, type MetricsFollower, type MetricsPiece } from "./follow-metrics.ts";
export { imageChanges, isUnchanged, partText, sharedImages, unionChange } from "./image-changes.ts";
export { type ImageList, listImages } from "./image-list.ts";
export { loadInitial, saveInitial } from "./initial-state.ts";
export { loadRun, type Run, type UntrainedEncoder, withoutAdapter } from "./load-run.ts";
export { lockRun } from "./lock.ts";
export { type Metrics, openMetrics } from "./metrics.ts";
export { adaptFeatures, type Features, type ModelConfig, openModel } from "./model-encoder.ts";
export {
  compareImages,
  ONLY_LABELS_COMPARED,
  ownList,
  refuseOthers,
} from "./own-images.ts";
export { advance, freshPosition, type Position, readPosition } from "./position.ts";
export { type RunMetrics, readMetrics } from "./read-metrics.ts";
export { newRecord, type Reconciled, reconcile } from "./reconcile.ts";
export {
  createRunFolder,
  mendEvaluation,
  noCheckpoint,
  type RunPaths,
  readEvaluation,
  readRecord,
  removeEmpty,
  runPaths,
  writeEvaluation,
  writeRecord,
} from "./run-folder.ts";
export { lastState, type RunState, runStates } from "./run-states.ts";
