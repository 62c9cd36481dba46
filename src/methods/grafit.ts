import type { MethodOptions, Objective } from "./method.ts";

/** w SupCon + (1 - w) SelfCon, as the official MaskCon code has it (Touvron et al. 2021). */
export function grafit({ softWeight = 0.5, coarseWeight = 0 }: MethodOptions): Objective {
  return { contrastive: { weight: 1, softWeight, softTemperature: Number.POSITIVE_INFINITY }, coarseWeight };
}
