export { canonicalName, hasOtherForms } from "./canonical-name.ts";
export { counted, nounFor } from "./counted.ts";
export { type ErrorCode, type Failure, fail, MaskconError, messageOf, printable } from "./errors.ts";
export { firstFew } from "./first-few.ts";
export { fsReason } from "./fs-reason.ts";
export { gatherRows } from "./gather-rows.ts";
export { groupBy } from "./group-by.ts";
export { parseJson } from "./json.ts";
export { keysOf } from "./keys.ts";
export { following, inLanes, oneAtATime } from "./lanes.ts";
export {
  bytesOfName,
  MOST_NAME_BYTES,
  sameOnDisk,
  unfitClasses,
  unfitFolder,
  unfitPath,
} from "./names-on-disk.ts";
export { didYouMean, nearest } from "./nearest-name.ts";
export { hash, permutation, type Random, random } from "./random.ts";
export { evenlySpaced, onePerStretch } from "./some-rows.ts";
export type { StopSignal } from "./stop-signal.ts";
export {
  type DType,
  float32,
  int32,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
  type TensorData,
  type Tensors,
  type TypedArrays,
} from "./tensor.ts";
export { urlIn } from "./url.ts";
