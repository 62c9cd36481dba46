import type { RunConfig, RunRecord } from "../config/index.ts";
import type { StepOptions } from "../step/index.ts";
import { namedBackbone } from "./named-backbone.ts";
import { changingSettings } from "./settings.ts";

/** What a run's settings leave open of its step. */
export interface StepChoices {
  /** What is trained; by default the run's own backbone. Of a model from a file it has to be given. */
  readonly backbone?: StepOptions["backbone"];
  /** Parameters with a rate of their own, such as `Tail.parameterGroups` gives; none by default. */
  readonly parameterGroups?: StepOptions["parameterGroups"];
  /** The kernel choices of an earlier compilation. */
  readonly plan?: RunRecord["plan"];
}

/**
 * The step of a run with these settings over `coarseClasses` classes: what `compileStep` takes.
 * @param config of the run
 * @param coarseClasses C
 * @param choices what the settings leave open
 * @throws MaskconError "config" where the backbone is a model from a file, and none is given in its place
 */
export function stepOptions(
  config: RunConfig,
  coarseClasses: number,
  { plan, parameterGroups, backbone = namedBackbone(config) }: StepChoices = {},
): StepOptions {
  const { imageSize, batchSize, crops, embeddingDim, queueSize, temperature, keyMomentum, device, seed, tune } = config;
  const {
    method: name,
    softWeight,
    softTemperature,
    coarseWeight,
    sgdMomentum,
    weightDecay,
    clipNorm,
    threads,
  } = config;
  return {
    ...{ backbone, imageSize, batchSize, crops, embeddingDim, queueSize, temperature, keyMomentum, device, seed, tune },
    ...{ coarseClasses, parameterGroups },
    method: { name, softWeight, softTemperature, coarseWeight },
    scheduled: changingSettings(config),
    maskOwnKeys: config.maskOwnKeys,
    positiveOwnKeys: config.positiveOwnKeys,
    averaging: config.averageEpochs > 0,
    ...(config.optimizer === "sgd"
      ? { sgd: { momentum: sgdMomentum, weightDecay, clipNorm } }
      : { adamw: { weightDecay, clipNorm } }),
    ...(threads === undefined ? {} : { threads }),
    ...(plan === undefined ? {} : { plan }),
  };
}
