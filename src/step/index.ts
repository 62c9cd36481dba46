import { blockSize, createExecutor } from "../engine/runtime/node.ts";
import { compileStepOn } from "./compile.ts";
import { type CompileEncoderOptions, compileEncoderOn, type Encoder } from "./encoder.ts";
import type { Host } from "./host.ts";
import { compileKeyEncoderOn, type KeyEncoder, type KeyEncoderOptions } from "./key-encoder.ts";
import type { StepOptions } from "./options.ts";
import type { Step } from "./step.ts";

const node: Host = { open: createExecutor, blockSize };

/** Compiles a training step for Node; see `StepOptions` and `Step`. */
export const compileStep = (options: StepOptions): Promise<Step> => compileStepOn(node, options);

/** Compiles the backbone in evaluation mode for Node. */
export const compileEncoder = (options: CompileEncoderOptions): Promise<Encoder> => compileEncoderOn(node, options);

/** Compiles the key branch of a step alone for Node. */
export const compileKeyEncoder = (options: KeyEncoderOptions): Promise<KeyEncoder> =>
  compileKeyEncoderOn(node, options);

export type { Adapter, BackboneName, NetworkOptions as EncoderOptions, TrainedTrunk } from "../nn/index.ts";
export { adapterIn, trunkIn } from "./adapter-in.ts";
export type { CompileEncoderOptions, Encoder } from "./encoder.ts";
export { type EncoderNotes, encoderModel } from "./encoder-model.ts";
export type { KeyEncoder, KeyEncoderOptions } from "./key-encoder.ts";
export type { StepOptions } from "./options.ts";
export type { ParameterGroup, ParameterGroups } from "./parameter-groups.ts";
export type { Step, StepBatch, StepResult } from "./step.ts";
