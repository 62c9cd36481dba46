export { configAt, hasKeys, loadKeys, openKeyEncoder, relationsOptions } from "./diagnose.ts";
export { type BackboneDescription, inspectBackbone } from "./inspect-backbone.ts";
export { train } from "./loop.ts";
export { WARM_UP_STEPS } from "./speed.ts";
export { initDigest } from "./start.ts";
export { stepOptions } from "./step-options.ts";
export type { TrainOptions, TrainResult } from "./train-options.ts";
