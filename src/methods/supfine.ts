import type { MethodOptions, Objective } from "./method.ts";
import { supcon } from "./supcon.ts";

/** SupCon given the fine labels (the caller feeds them): the upper reference, never part of a fair comparison. */
export const supfine = (options: MethodOptions): Objective => supcon(options);
