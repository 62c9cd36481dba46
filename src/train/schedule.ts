import { stepsOf } from "../config/index.ts";

export interface Schedule {
  /** Peak learning rate. */
  readonly base: number;
  readonly warmupSteps: number;
  readonly totalSteps: number;
}

/**
 * The learning rate of a step, counted from 0: linear from 0 to `base` over the warm-up, then half a cosine to 0.
 * Source: `adjust_learning_rate` of the official code, per iteration.
 */
export function learningRate({ base, warmupSteps, totalSteps }: Schedule, step: number): number {
  if (step < warmupSteps) return (base * step) / warmupSteps;
  const share = (step - warmupSteps) / (totalSteps - warmupSteps);
  return base * 0.5 * (1 + Math.cos(Math.PI * share));
}

/** The schedule of a configuration whose epoch has `stepsPerEpoch` steps. */
export function scheduleOf(
  config: {
    readonly learningRate: number;
    readonly epochs: number;
    readonly steps?: number | undefined;
    readonly leastSteps?: number | undefined;
    readonly warmupEpochs?: number | undefined;
    readonly warmupShare?: number | undefined;
  },
  stepsPerEpoch: number,
): Schedule {
  const totalSteps = stepsOf(config, stepsPerEpoch);
  const { learningRate: base, warmupShare } = config;
  if (warmupShare !== undefined) return { base, warmupSteps: Math.round(warmupShare * totalSteps), totalSteps };
  // A run measured in steps warms up over the same share as one in epochs: 5%, at most 5 epochs.
  const warmupEpochs = config.warmupEpochs ?? Math.min(5, (0.05 * totalSteps) / stepsPerEpoch);
  return { base, warmupSteps: warmupEpochs * stepsPerEpoch, totalSteps };
}
