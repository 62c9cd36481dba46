import type { MethodOptions, Objective } from "./method.ts";

/** Masked contrastive learning: soft labels from the key's similarities within the coarse class. Feng & Patras, CVPR 2023. */
export function maskcon({ softWeight = 1, softTemperature = 0.05, coarseWeight = 0 }: MethodOptions): Objective {
  return { contrastive: { weight: 1, softWeight, softTemperature }, coarseWeight };
}
