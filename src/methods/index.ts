export { coarseCrossEntropy } from "./coarse-cross-entropy.ts";
export { contrastiveLoss } from "./contrastive.ts";
export type { ContrastiveInputs, Method, Objective, SoftLabel } from "./method.ts";
export { type MethodName, methodNames, softLabels } from "./methods.ts";
export {
  isContrastive,
  type MethodOptions,
  methodOf,
  objectiveOf,
  schedulable,
  softWeightOf,
  weighsOwnKeys,
} from "./objective.ts";
export {
  type MethodSetting,
  methodSettingNames,
  methodSettings,
  USUAL_COARSE_WEIGHT,
  USUAL_SOFT_TEMPERATURE,
} from "./settings.ts";
