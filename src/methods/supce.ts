import { coins } from "./coins.ts";
import type { MethodOptions, Objective } from "./method.ts";

/** Cross-entropy of the coarse label alone: no key encoder, no queue, half the cost of a step. CoIns with w = 1. */
export const supce = (options: MethodOptions): Objective => coins({ ...options, softWeight: 1 });
