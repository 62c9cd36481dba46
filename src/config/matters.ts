import { fail } from "../core/index.ts";
import { isContrastive, methodNames, methodOf, methodSettingNames, weighsOwnKeys } from "../methods/index.ts";
import { isModelFile } from "./backbone.ts";
import { modelKeys } from "./model.ts";
import { optimiserPart } from "./optimiser.ts";
import { type Layers, resolveConfig, settingPlace } from "./resolve.ts";
import type { RunConfig, RunKey } from "./schema.ts";

/** The settings of a contrastive loss and its key view. */
const contrastive: readonly string[] = [
  "weak",
  "temperature",
  "keyMomentum",
  "queueSize",
  "embeddingDim",
  "maskOwnKeys",
  "positiveOwnKeys",
];
/** Settings that change nothing where nothing is trained. */
const loop: readonly string[] = [
  "strong",
  "batchSize",
  "crops",
  "encoder",
  "evalEvery",
  "diagnoseEvery",
  "checkpointEvery",
  "checkpointMinutes",
  "tune",
];

/** Settings of a model from a file that say how something is trained. */
const tuning: readonly string[] = ["trainable", "layerDecay", "headRate", "views", "viewSeed", "adapterShare"];

const ofTraining = [...contrastive, ...Object.keys(optimiserPart), ...loop, ...tuning];

/**
 * Whether a setting changes what a method gives; `frozen` is the encoder before any training, `whitened` the features of a
 * frozen model from a file, whitened.
 */
export function matters(method: RunConfig["method"] | "frozen" | "whitened", key: string): boolean {
  const setting = methodSettingNames.find((name) => key === name || key === `${name}End`);
  if (method === "frozen") return !setting && !ofTraining.includes(key) && key !== "whiten";
  if (method === "whitened") return !setting && !ofTraining.includes(key);
  const { settings, scheduled } = methodOf(method);
  if (setting) return (key === setting ? settings : scheduled).includes(setting);
  if (key === "positiveOwnKeys") return weighsOwnKeys(method);
  return isContrastive(method) || !contrastive.includes(key);
}

/** A diagnosis measures every method's targets, with these settings of the run. */
const diagnosed: readonly string[] = ["softTemperature", "weak", "temperature", "queueSize"];

/**
 * Refuses settings that somebody gave and the method does not use. Passed over are the values of a preset, those of a file
 * that is for another method than the flags, and values that the setting would have anyway.
 * @throws MaskconError "config" where there is one, naming the first.
 */
export function checkMatters(config: RunConfig, layers: Layers): void {
  const { method, preset, backbone, trainable } = config;
  const { flags = {}, file } = layers;
  const ofOther = flags.method !== undefined && flags.method !== file?.values.method;
  const given = { ...(ofOther ? {} : file?.values), ...flags };
  const usual = resolveConfig({ flags: { preset, method, backbone, ...(isModelFile(backbone) && { trainable }) } });
  for (const key of Object.keys(given) as RunKey[]) {
    if (given[key] === usual[key]) continue;
    if (!isModelFile(config.backbone) && key !== "cacheDir" && modelKeys.some((name) => name === key)) {
      const fix = "leave it out, or add --backbone FILE.onnx";
      const found = config.backbone;
      fail("config", { where: settingPlace(layers)(key), expected: "a backbone from a file", found, fix });
    }
    if (matters(method, key)) continue;
    if (config.diagnoseEvery > 0 && diagnosed.includes(key)) continue;
    fail("config", {
      where: settingPlace(layers)(key),
      expected: `a method that it changes (${methodNames.filter((name) => matters(name, key)).join(", ")})`,
      found: key === "softWeight" ? `${method}, which fixes it at ${config.softWeight}` : method,
      fix: "leave it out, or choose another --method",
    });
  }
}
