import type { MethodOptions, Objective } from "./method.ts";

/** Supervised contrastive with a queue: own key and same-class entries alike. MaskCon with w = 1 and T to infinity. */
export function supcon({ coarseWeight = 0 }: MethodOptions): Objective {
  return { contrastive: { weight: 1, softWeight: 1, softTemperature: Number.POSITIVE_INFINITY }, coarseWeight };
}
