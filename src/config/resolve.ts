import type { z } from "zod";
import { didYouMean, fail } from "../core/index.ts";
import { methodNames, methodSettingNames, objectiveOf, schedulable, softWeightOf } from "../methods/index.ts";
import { isModelFile } from "./backbone.ts";
import { explain, kebab, shown } from "./explain.ts";
import { USUAL_METHOD } from "./method.ts";
import type { PresetName } from "./preset-names.ts";
import { presets } from "./presets.ts";
import { type RunConfig, type RunKey, type RunOptions, runKeys, runSchema } from "./schema.ts";

/** @inline */
type Values = Readonly<Record<string, unknown>>;

/** Where settings come from, beside the defaults. The file or the flags may name a preset. */
export interface Layers {
  /** What the model of a backbone from a file says of itself: over the preset, under the rest. */
  readonly model?: Values;
  /** From the command line (or a program): the strongest layer. */
  readonly flags?: Values;
  /** From a configuration file; `path` is only for messages. */
  readonly file?: { readonly path: string; readonly values: Values };
}

/**
 * Joins the layers: defaults, then the preset, then the file, then the flags; each key wins on its own.
 * @throws MaskconError "config" where a key is unknown, a value out of range or a combination impossible, naming the
 * flag or the file's key.
 */
export function resolveConfig(layers: Layers = {}): RunConfig {
  return possible(withWarmup(withSoftWeight(parsed(layers))), settingPlace(layers));
}

/**
 * Checks every setting on its own. Whether they go together is checked by `resolveConfig`, when all of them are
 * known.
 * @throws MaskconError "config" where a key is unknown or a value out of range.
 */
export function checkValues(layers: Layers): void {
  parsed(layers);
}

function parsed(layers: Layers): z.output<typeof runSchema> {
  const given = withPreset(over(defined(layers.file?.values ?? {}), defined(layers.flags ?? {})));
  const place = settingPlace(layers);
  for (const key of Object.keys(given)) known(key, place(key.slice(0, 80)));
  const merged = over(over(presetValues(given, place("preset")), defined(layers.model ?? {})), given);
  const result = runSchema.safeParse(merged);
  if (!result.success) return fail("config", explain(result.error, merged, place));
  // What a flag wins over in a file is judged too.
  if (layers.file && layers.flags) parsed({ file: layers.file });
  return result.data;
}

/** Behind a pretrained model other settings are good than from random weights, and others again where it is trained itself. */
function withPreset(given: Values): Values {
  if (given.preset !== undefined || !isModelFile(given.backbone)) return given;
  const { trainable = "head" } = given;
  return { ...given, preset: trainable === "head" ? "pretrained" : "finetune" };
}

/** Where a setting was given, for messages. */
export const settingPlace =
  ({ flags = {}, file, model = {} }: Layers) =>
  (key: string): string => {
    const isGiven = (values: Values = {}) => Object.hasOwn(defined(values), key);
    if (isGiven(model) && !isGiven(flags) && !isGiven(file?.values)) return `--${kebab(key)} of the model`;
    return file && !isGiven(flags) ? `${file.path}: ${key}` : `--${kebab(key)}`;
  };

function withSoftWeight(config: z.output<typeof runSchema>): RunConfig {
  return { ...config, softWeight: softWeightOf(config.method, config.softWeight) };
}

/** The official 5 epochs, which are 5% of a run of 100; shorter runs keep the share. In steps: see `train/schedule.ts`. */
function withWarmup(config: RunConfig): RunConfig {
  const { warmupEpochs, warmupShare, steps, leastSteps } = config;
  if (warmupEpochs !== undefined || warmupShare !== undefined || steps !== undefined || leastSteps > 0) return config;
  return { ...config, warmupEpochs: Math.min(5, 0.05 * config.epochs) };
}

/**
 * `upper` over `lower`; a length in epochs also replaces one in steps, either of them the least number of steps, and a warm-up
 * in epochs one that is a share.
 */
function over(lower: Values, upper: Values): Values {
  const { steps, leastSteps, warmupShare, ...rest } = lower;
  const keepsShare = warmupShare !== undefined && !("warmupEpochs" in upper);
  const keepsSteps = steps !== undefined && !("epochs" in upper);
  const keepsLeast = leastSteps !== undefined && !("epochs" in upper || "steps" in upper);
  return {
    ...rest,
    ...(keepsSteps && { steps }),
    ...(keepsLeast && { leastSteps }),
    ...(keepsShare && { warmupShare }),
    ...upper,
  };
}

function defined(values: Values): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function known(key: string, where: string): void {
  if ((runKeys as readonly string[]).includes(key)) return;
  fail("config", {
    where,
    expected: "a known setting",
    found: shown(key),
    fix: didYouMean(key, runKeys) ?? `the settings are ${runKeys.join(", ")}`,
  });
}

/** Settings that a preset has for its own method; they are left out with another one. */
const ofTheMethod = new Set(["softWeight", "softWeightEnd", "softTemperatureEnd", "coarseWeight", "coarseWeightEnd"]);

function presetValues({ preset: name, method }: Values, where: string): RunOptions {
  if (name === undefined) return {};
  if (typeof name === "string" && Object.hasOwn(presets, name)) {
    const { values } = presets[name as PresetName];
    if (method === undefined || method === (values.method ?? USUAL_METHOD)) return values;
    return Object.fromEntries(Object.entries(values).filter(([key]) => !ofTheMethod.has(key)));
  }
  return fail("config", {
    where,
    expected: `one of ${Object.keys(presets).join(", ")}`,
    found: shown(name),
    fix: typeof name === "string" ? didYouMean(name, Object.keys(presets)) : undefined,
  });
}

function possible(config: RunConfig, place: (key: RunKey) => string): RunConfig {
  if (config.warmupEpochs !== undefined && config.warmupEpochs > config.epochs) {
    fail("config", {
      where: place("warmupEpochs"),
      expected: `a warm-up within the ${config.epochs} epochs of the run`,
      found: `${config.warmupEpochs} epochs`,
      fix: "lower it, or leave it out for 5% of the run",
    });
  }
  checkModel(config, place);
  checkOwnKeys(config, place);
  checkSchedules(config, place);
  checkEncoder(config, place);
  return config;
}

function checkModel(config: RunConfig, place: (key: RunKey) => string): void {
  const { backbone, trainable, preset, init } = config;
  const isFile = isModelFile(backbone);
  const isFor = preset === "pretrained" ? "head" : preset === "finetune" ? "tail:N or all" : undefined;
  if (!isFile && isFor) {
    const fix = "add --backbone FILE.onnx (docs/pretrained.md), or leave the preset out";
    fail("config", { where: place("preset"), expected: "a backbone from a file", found: backbone, fix });
  }
  if (isFor && (trainable === "head") !== (isFor === "head")) {
    const fix = "leave the preset out: the one that fits is taken";
    const expected = `${isFor} with the preset ${preset}`;
    fail("config", { where: place("trainable"), expected, found: trainable, fix });
  }
  for (const key of ["layerDecay", "headRate"] as const) {
    if (config[key] === undefined || !isFile || trainable !== "head") continue;
    const fix = "leave it out: the model stays as it is, and --learning-rate is that of what lies behind it";
    fail("config", { where: place(key), expected: "--trainable tail:N or all", found: "head", fix });
  }
  if (isFile && init !== undefined && trainable === "head") {
    const fix = "leave one of the two out";
    fail("config", { where: place("init"), expected: "no initial weights with a model from a file", found: init, fix });
  }
}

function checkOwnKeys({ maskOwnKeys, positiveOwnKeys }: RunConfig, place: (key: RunKey) => string): void {
  if (!maskOwnKeys || !positiveOwnKeys) return;
  const expected = "own earlier keys that are left out, or that are positives";
  fail("config", {
    where: place("positiveOwnKeys"),
    expected,
    found: "maskOwnKeys, too",
    fix: "leave one of the two out",
  });
}

function checkSchedules(config: RunConfig, place: (key: RunKey) => string): void {
  const possible = schedulable({ name: config.method });
  for (const setting of methodSettingNames) {
    if (config[`${setting}End`] === undefined || possible.includes(setting)) continue;
    const able = methodNames.filter((name) => schedulable({ name }).includes(setting)).join(", ");
    fail("config", {
      where: place(`${setting}End`),
      expected: `a method whose ${setting} can change during the run (${able})`,
      found: config.method,
      fix: "leave it out, or choose another --method",
    });
  }
}

function checkEncoder(config: RunConfig, place: (key: RunKey) => string): void {
  const { encoder, method, softWeight, averageEpochs } = config;
  const where = place("encoder");
  if (
    encoder === "key" &&
    !objectiveOf({ name: method, ...(softWeight === undefined ? {} : { softWeight }) }).contrastive
  ) {
    fail("config", { where, expected: "query or average", found: "key", fix: `${method} has no key encoder` });
  }
  if (encoder === "average" && averageEpochs === 0) {
    const fix = "train with --average-epochs above 0";
    fail("config", { where, expected: "query or key", found: "average, but the run keeps none", fix });
  }
}
