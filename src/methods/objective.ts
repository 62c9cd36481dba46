import { fail } from "../core/index.ts";
import { coins } from "./coins.ts";
import { grafit } from "./grafit.ts";
import { maskcon } from "./maskcon.ts";
import type { MethodName, MethodOptions, Objective, ScheduledSetting } from "./method.ts";
import { selfcon } from "./selfcon.ts";
import { supce } from "./supce.ts";
import { supcon } from "./supcon.ts";
import { supfine } from "./supfine.ts";

const methods: { readonly [N in MethodName]: (options: MethodOptions) => Objective } = {
  maskcon,
  selfcon,
  supcon,
  grafit,
  coins,
  supce,
  supfine,
};

export const methodNames = Object.keys(methods) as readonly MethodName[];

/** Resolves a method to what the step computes. Throws `config` for an unknown name or a value out of range. */
export function objectiveOf(options: MethodOptions): Objective {
  const { name, softWeight = 0, softTemperature = 1, coarseWeight = 0 } = options;
  if (!Object.hasOwn(methods, name)) {
    fail("config", { where: "method.name", expected: `one of ${methodNames.join(", ")}`, found: `"${name}"` });
  }
  require(softWeight >= 0 && softWeight <= 1, "softWeight", "a number from 0 to 1", softWeight);
  // In float32: what rounds to 0 there has no reciprocal.
  require(Math.fround(1 / Math.fround(softTemperature)) < Number.POSITIVE_INFINITY &&
    softTemperature > 0, "softTemperature", "a number above 0", softTemperature);
  require(coarseWeight >= 0 && Number.isFinite(coarseWeight), "coarseWeight", "a number of 0 or more", coarseWeight);
  return methods[name](options);
}

/** The settings of a method that the step can take anew with every batch. */
export function schedulable({ name, ...options }: MethodOptions): ScheduledSetting[] {
  const { contrastive } = objectiveOf({ ...options, name });
  if (!contrastive || name === "coins") return [];
  const soft = { maskcon: ["softWeight", "softTemperature"], grafit: ["softWeight"] } as const;
  return [...(name === "maskcon" || name === "grafit" ? soft[name] : []), "coarseWeight"];
}

function require(holds: boolean, name: string, expected: string, found: number): void {
  if (!holds) fail("config", { where: `method.${name}`, expected, found: String(found) });
}
