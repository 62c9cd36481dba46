export { comparedMethods, type Diagnosis, diagnose, type MethodMeasure, type RunMethod } from "./compare-methods.ts";
export type { EmbedKeysOptions } from "./embed-keys.ts";
export { knownRelations, labelledRelations, type RelationsOptions } from "./embed-relations.ts";
export { type Measured, type Measurement, measureTargets, type TargetMeasure } from "./measure.ts";
export { plotEpochs, plotTemperatures } from "./plot.ts";
export { type Proposal, type ProposeOptions, propose, type SettingMeasure } from "./propose.ts";
export type { PairLabels, Relations } from "./relations.ts";
