import type { RunConfig, RunRecord } from "../config/index.ts";
import type { StepOptions } from "../step/index.ts";
import { changingSettings } from "./settings.ts";

/** The step of a run over `coarseClasses` classes; `plan` holds the kernel choices of an earlier compilation. */
export function stepOptions(config: RunConfig, coarseClasses: number, plan?: RunRecord["plan"]): StepOptions {
  const { backbone, imageSize, batchSize, embeddingDim, queueSize, temperature, keyMomentum, device, seed, tune } =
    config;
  const { method: name, softWeight, softTemperature, coarseWeight, sgdMomentum, weightDecay, threads } = config;
  return {
    ...{ backbone, imageSize, batchSize, embeddingDim, queueSize, temperature, keyMomentum, device, seed, tune },
    coarseClasses,
    method: { name, softWeight, softTemperature, coarseWeight },
    scheduled: changingSettings(config),
    maskOwnKeys: config.maskOwnKeys,
    averaging: config.averageEpochs > 0,
    sgd: { momentum: sgdMomentum, weightDecay },
    ...(threads === undefined ? {} : { threads }),
    ...(plan === undefined ? {} : { plan }),
  };
}
