import { z } from "zod";
import {
  type MethodName,
  type MethodSetting,
  methodNames,
  methodOf,
  methodSettings,
  USUAL_COARSE_WEIGHT,
  USUAL_SOFT_TEMPERATURE,
} from "../methods/index.ts";

export const USUAL_METHOD: MethodName = "maskcon";

/** In float32, as a step computes, what is much smaller is 0 and what is much larger is infinite. */
const LEAST_TEMPERATURE = 1e-30;
const MOST_TEMPERATURE = 1e30;

/** The usual w of the methods that leave it to their user: "maskcon 1, grafit and coins 0.5". */
function usualSoftWeights(): string {
  const names = new Map<number, MethodName[]>();
  for (const name of methodNames) {
    const { softWeight, settings } = methodOf(name);
    if (settings.includes("softWeight")) names.set(softWeight, [...(names.get(softWeight) ?? []), name]);
  }
  return [...names].map(([w, those]) => `${those.join(" and ")} ${w}`).join(", ");
}

/** What a setting that changes during the run is at its end. */
function endOf(setting: MethodSetting, name: string): { description: string } {
  const able = methodNames.filter((method) => methodOf(method).scheduled.includes(setting));
  const { path } = methodSettings[setting];
  return { description: `${name} at the end of the run, reached ${path} (${able.join(", ")}; default: it stays)` };
}

/** The method and its targets; symbols w, T, T0, m, K, D as in the official code. */
export const methodPart = {
  method: z.enum(methodNames).default(USUAL_METHOD).meta({ description: "what to learn from the coarse labels" }),
  softWeight: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({
      description: `w: weight of the coarse-label targets (default: ${usualSoftWeights()}; fixed by the other methods)`,
    }),
  softTemperature: z
    .number()
    .positive()
    .min(LEAST_TEMPERATURE)
    .default(USUAL_SOFT_TEMPERATURE)
    .meta({ description: "T: sharpness of the soft labels" }),
  coarseWeight: z
    .number()
    .min(0)
    .default(USUAL_COARSE_WEIGHT)
    .meta({ description: "weight of an added cross-entropy of the coarse label (the paper: 0)" }),
  softWeightEnd: z.number().min(0).max(1).optional().meta(endOf("softWeight", "w")),
  softTemperatureEnd: z.number().positive().min(LEAST_TEMPERATURE).optional().meta(endOf("softTemperature", "T")),
  coarseWeightEnd: z.number().min(0).optional().meta(endOf("coarseWeight", "coarse weight")),
  maskOwnKeys: z.boolean().default(false).meta({
    description: "leave an image's own earlier keys out of its targets and logits (the paper: no)",
  }),
  positiveOwnKeys: z.boolean().default(false).meta({
    description: "make an image's own earlier keys positives, each with the weight of its key (the paper: no)",
  }),
  temperature: z
    .number()
    .positive()
    .min(LEAST_TEMPERATURE)
    .max(MOST_TEMPERATURE)
    .default(0.1)
    .meta({ description: "T0: temperature of the logits" }),
  keyMomentum: z.number().min(0).max(1).default(0.99).meta({ description: "m: momentum of the key encoder" }),
  queueSize: z.int().min(1).max(4_194_304).default(8192).meta({ description: "K: keys kept in the queue" }),
  embeddingDim: z.int().min(1).max(65_536).default(256).meta({ description: "D: width of the projection" }),
};
