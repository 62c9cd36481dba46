export { coarseCrossEntropy } from "./coarse-cross-entropy.ts";
export { contrastiveLoss } from "./contrastive.ts";
export type { ContrastiveInputs, MethodName, MethodOptions, Objective, SoftLabel } from "./method.ts";
export { methodNames, objectiveOf } from "./objective.ts";
export { softLabels } from "./soft-labels.ts";
