/** The library in Node: re-exports only. `maskcon/browser` is the door for pages. */
export {
  type PresetName,
  presetNames,
  presets,
  type RunConfig,
  type RunOptions,
  type RunRecord,
  resolveConfig,
  runJsonSchema,
  version,
} from "./config/index.ts";
export {
  type DType,
  type ErrorCode,
  type Failure,
  float32,
  int32,
  MaskconError,
  type Shape,
  type TensorData,
  type Tensors,
} from "./core/index.ts";
export {
  type AugmentName,
  augmentNames,
  createEvalLoader,
  createTrainLoader,
  type Dataset,
  type EvalLoader,
  fashionMnistDemo,
  type ImageSource,
  idOf,
  type LoadedData,
  openData,
  openImages,
  type TestTransform,
  type TrainBatch,
  type TrainLoader,
  testTransform,
} from "./data/index.ts";
export { type EvalReport, evaluateFeatures, type Recall, recallAtK, recallKs } from "./eval/index.ts";
export { type EncoderManifest, embedImages, exportEncoder, writeNpy } from "./export/index.ts";
export { type MethodName, type MethodOptions, methodNames } from "./methods/index.ts";
export { readSafetensors, writeSafetensors } from "./nn/safetensors-file.ts";
export {
  type BackboneName,
  type CompileEncoderOptions,
  compileEncoder,
  compileStep,
  type Encoder,
  encoderModel,
  type Step,
  type StepBatch,
  type StepOptions,
  type StepResult,
} from "./step/index.ts";
export {
  embedWith,
  encoderWeights,
  evaluateEncoder,
  loadRun,
  type Run,
  type TrainEvent,
  type TrainOptions,
  type TrainResult,
  train,
} from "./train/index.ts";
