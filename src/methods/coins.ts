import type { MethodOptions, Objective } from "./method.ts";

/** w cross-entropy of the coarse label + (1 - w) SelfCon. */
export function coins({ softWeight = 0.5, coarseWeight = 0 }: MethodOptions): Objective {
  const weight = 1 - softWeight;
  return {
    contrastive: weight === 0 ? undefined : { weight, softWeight: 0, softTemperature: Number.POSITIVE_INFINITY },
    coarseWeight: softWeight + coarseWeight,
  };
}
