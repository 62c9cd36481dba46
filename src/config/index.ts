export { isModelFile, type ModelFile } from "./backbone.ts";
export { kebab } from "./explain.ts";
export { type FlagField, flagFields } from "./fields.ts";
export { readConfigFile } from "./file.ts";
export { stepsOf } from "./length.ts";
export { checkMatters, matters } from "./matters.ts";
export { type PaperSet, type PresetName, presetNames } from "./preset-names.ts";
export { type Preset, presets } from "./presets.ts";
export {
  checkSameRun,
  checkUnedited,
  type DatasetRecord,
  formatRecord,
  isRecord,
  parseRecord,
  type RunRecord,
  readingKeys,
  runId,
  settingsAnew,
  settingsOf,
} from "./record.ts";
export { checkValues, type Layers, resolveConfig } from "./resolve.ts";
export { type RunConfig, type RunKey, type RunOptions, runJsonSchema, runKeys, runSchema } from "./schema.ts";
export { version } from "./version.ts";
