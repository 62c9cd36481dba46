/**
 * The library in a page: training steps and encoders on WebGPU or Wasm through `onnxruntime-web`. Everything computes in
 * the thread that calls it; a page keeps responsive by calling from a worker of its own.
 */
import { blockSize, createExecutor } from "./engine/runtime/web.ts";
import { compileStepOn, type Host } from "./step/compile.ts";
import { type CompileEncoderOptions, compileEncoderOn, type Encoder } from "./step/encoder.ts";
import type { StepOptions } from "./step/options.ts";
import type { Step } from "./step/step.ts";

const web: Host = { open: createExecutor, blockSize };

/** Compiles a training step for a page; `device` is `webgpu`, or `cpu` for Wasm. */
export const compileStep = (options: StepOptions): Promise<Step> => compileStepOn(web, options);

/** Compiles the backbone in evaluation mode for a page. */
export const compileEncoder = (options: CompileEncoderOptions): Promise<Encoder> => compileEncoderOn(web, options);

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
  type TypedArrays,
} from "./core/index.ts";
export type { KernelPlan } from "./engine/lowering/index.ts";
export { type OnnxRuntimeSettings, onnxRuntime } from "./engine/runtime/web.ts";
export { decodeSafetensors, encodeSafetensors } from "./formats/safetensors/index.ts";
export { type MethodName, type MethodOptions, methodNames } from "./methods/index.ts";
export {
  type Adapter,
  type BackboneName,
  backboneNames,
  type NetworkOptions as EncoderOptions,
} from "./nn/index.ts";
export type { CompileEncoderOptions, Encoder } from "./step/encoder.ts";
export { type EncoderNotes, encoderModel } from "./step/encoder-model.ts";
export type { StepOptions } from "./step/options.ts";
export type { Step, StepBatch, StepResult } from "./step/step.ts";
