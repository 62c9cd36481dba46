export { coarseCrossEntropy } from "./coarse-cross-entropy.ts";
export { contrastiveLoss } from "./contrastive.ts";
export {
  type ContrastiveInputs,
  type MethodName,
  type MethodOptions,
  type Objective,
  type Scalar,
  type ScheduledSetting,
  type SoftLabel,
  scheduledSettings,
} from "./method.ts";
export { methodNames, objectiveOf, schedulable } from "./objective.ts";
export { softLabels } from "./soft-labels.ts";
