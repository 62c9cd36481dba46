import type { MethodOptions, Objective } from "./method.ts";

/** MoCo v2's InfoNCE: the own key is the only positive. MaskCon with w = 0. */
export function selfcon({ coarseWeight = 0 }: MethodOptions): Objective {
  return { contrastive: { weight: 1, softWeight: 0, softTemperature: Number.POSITIVE_INFINITY }, coarseWeight };
}
