export { lowerAnyBatch } from "./any-batch.ts";
export type { KernelChoice, KernelPlan } from "./emitter.ts";
export { inExecutionOrder } from "./execution-order.ts";
export { withFreeShapes } from "./free-shapes.ts";
export { type Lowered, lower, lowerToBytes } from "./lower.ts";
