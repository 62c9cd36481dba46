import { fail } from "../core/index.ts";
import type { Method, Objective } from "./method.ts";
import { type MethodName, methodNames, methods } from "./methods.ts";
import {
  type MethodSetting,
  methodSettingNames,
  methodSettings,
  USUAL_COARSE_WEIGHT,
  USUAL_SOFT_TEMPERATURE,
} from "./settings.ts";

/** A method as a user names it; what is left out takes the method's default. */
export interface MethodOptions {
  /** The method, such as `maskcon`. */
  readonly name: MethodName;
  /** w in 0..1: the share of the soft (or supervised) target; the rest is the own key. */
  readonly softWeight?: number;
  /** T > 0: temperature of the soft labels. */
  readonly softTemperature?: number;
  /** Weight of the coarse label's cross-entropy added to the loss. */
  readonly coarseWeight?: number;
}

/**
 * The row of a method.
 * @throws MaskconError "config" where none has this name.
 */
export function methodOf(name: MethodName): Method {
  if (Object.hasOwn(methods, name)) return methods[name];
  return fail("config", { where: "method.name", expected: `one of ${methodNames.join(", ")}`, found: `"${name}"` });
}

/**
 * What a step computes for a method. Settings that the method does not use are passed over.
 * @throws MaskconError "config" where the name is unknown or a value out of range.
 */
export function objectiveOf(options: MethodOptions): Objective {
  const method = methodOf(options.name);
  for (const setting of methodSettingNames) checkSetting(setting, options[setting]);
  const { softTemperature = USUAL_SOFT_TEMPERATURE, coarseWeight = USUAL_COARSE_WEIGHT } = options;
  const w = softWeightOf(options.name, options.softWeight);
  return method.objective({ w, T: softTemperature, x: coarseWeight });
}

function checkSetting(setting: MethodSetting, value: number | undefined): void {
  const { fits, expected } = methodSettings[setting];
  if (value === undefined || fits(value)) return;
  fail("config", { where: `method.${setting}`, expected, found: String(value) });
}

/** The w that applies to a method. */
export function softWeightOf(name: MethodName, given: number | undefined): number {
  const { softWeight, settings } = methodOf(name);
  return settings.includes("softWeight") ? (given ?? softWeight) : softWeight;
}

/** The settings of a method that a step can take anew with every batch. */
export const schedulable = ({ name }: Pick<MethodOptions, "name">): readonly MethodSetting[] =>
  methodOf(name).scheduled;

/** Whether a method has a contrastive part as it is usually set, and so a key encoder and a queue. */
export const isContrastive = (name: MethodName): boolean => objectiveOf({ name }).contrastive !== undefined;

/**
 * Whether a method's targets are others where an image's own earlier keys are positives. Those of SupCon are the same: all
 * entries of the class are positives alike.
 */
export function weighsOwnKeys(name: MethodName): boolean {
  const { contrastive } = objectiveOf({ name });
  if (!contrastive) return false;
  const { softWeight, softTemperature } = contrastive;
  return methodOf(name).settings.includes("softWeight") || softWeight < 1 || Number.isFinite(softTemperature);
}
