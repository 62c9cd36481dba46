export { configAt, hasKeys, loadKeys, openKeyEncoder, relationsOptions } from "./diagnose.ts";
export { type TrainOptions, type TrainResult, train } from "./loop.ts";
export { WARM_UP_STEPS } from "./speed.ts";
export { initDigest } from "./start.ts";
export { stepOptions } from "./step-options.ts";
