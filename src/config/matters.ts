import { fail } from "../core/index.ts";
import { methodNames } from "./method.ts";
import { type Layers, placeOf, resolveConfig } from "./resolve.ts";
import type { RunConfig, RunKey } from "./schema.ts";

const contrastive = ["weak", "temperature", "keyMomentum", "queueSize", "embeddingDim", "maskOwnKeys"];
const optimiser = ["learningRate", "sgdMomentum", "weightDecay", "epochs", "steps", "warmupEpochs", "averageEpochs"];
const loop = [
  "strong",
  "batchSize",
  "encoder",
  "evalEvery",
  "diagnoseEvery",
  "checkpointEvery",
  "checkpointMinutes",
  "tune",
];

/** Whether a setting changes what a method gives; `frozen` is the encoder before any training. */
export function matters(method: RunConfig["method"] | "frozen", key: string): boolean {
  // `...End` is where a schedule leads.
  if (key === "softTemperature" || key === "softTemperatureEnd") return method === "maskcon";
  if (key === "softWeight" && method === "coins") return true;
  if (key === "softWeight" || key === "softWeightEnd") return method === "maskcon" || method === "grafit";
  // These two weigh the cross-entropy themselves.
  if (key === "coarseWeightEnd") return !["supce", "coins", "frozen"].includes(method);
  if (contrastive.includes(key)) return method !== "supce" && method !== "frozen";
  if (method !== "frozen") return true;
  return !key.startsWith("coarseWeight") && !optimiser.includes(key) && !loop.includes(key);
}

/** A diagnosis measures every method's targets, with these settings of the run. */
const diagnosed: readonly string[] = ["softTemperature", "weak", "temperature", "queueSize"];

/**
 * Refuses settings that somebody gave and the method does not use. What a preset says is no such demand, nor what a file
 * says for another method than the flags', nor a value that would be there anyway.
 * @throws MaskconError "config", one line for the first of them
 */
export function checkMatters(config: RunConfig, layers: Layers): void {
  const { method, preset } = config;
  const { flags = {}, file } = layers;
  const ofOther = flags.method !== undefined && flags.method !== file?.values.method;
  const given = { ...(ofOther ? {} : file?.values), ...flags };
  const usual = resolveConfig({ flags: { preset, method } });
  for (const key of Object.keys(given) as RunKey[]) {
    if (matters(method, key) || given[key] === usual[key]) continue;
    if (config.diagnoseEvery > 0 && diagnosed.includes(key)) continue;
    fail("config", {
      where: placeOf(layers)(key),
      expected: `a method that it changes (${methodNames.filter((name) => matters(name, key)).join(", ")})`,
      found: key === "softWeight" ? `${method}, which fixes it at ${config.softWeight}` : method,
      fix: "leave it out, or choose another --method",
    });
  }
}
