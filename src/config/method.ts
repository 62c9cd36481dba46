import { z } from "zod";

export const methodNames = ["maskcon", "selfcon", "supcon", "grafit", "coins", "supce", "supfine"] as const;

/** In float32, as a step computes, what is much smaller is 0 and what is much larger is infinite. */
const [leastTemperature, mostTemperature] = [1e-30, 1e30];

/** The method and its targets; symbols w, T, T0, m, K, D as in the official code. */
export const methodPart = {
  method: z.enum(methodNames).default("maskcon").meta({ description: "what to learn from the coarse labels" }),
  softWeight: z.number().min(0).max(1).optional().meta({
    description: "w: weight of the coarse-label targets (maskcon 1, grafit and coins 0.5; the others fix it)",
  }),
  softTemperature: z
    .number()
    .positive()
    .min(leastTemperature)
    .default(0.05)
    .meta({ description: "T: sharpness of the soft labels" }),
  coarseWeight: z
    .number()
    .min(0)
    .default(0)
    .meta({ description: "weight of an added cross-entropy of the coarse label (the paper: 0)" }),
  softWeightEnd: z.number().min(0).max(1).optional().meta({
    description: "w at the end of the run, reached in equal steps (maskcon, grafit; default: it stays)",
  }),
  softTemperatureEnd: z.number().positive().min(leastTemperature).optional().meta({
    description: "T at the end of the run, reached in equal ratios (maskcon; default: it stays)",
  }),
  coarseWeightEnd: z.number().min(0).optional().meta({
    description: "coarse weight at the end of the run, reached in equal steps (default: it stays)",
  }),
  maskOwnKeys: z.boolean().default(false).meta({
    description: "leave an image's own earlier keys out of its targets and logits (the paper: no)",
  }),
  temperature: z
    .number()
    .positive()
    .min(leastTemperature)
    .max(mostTemperature)
    .default(0.1)
    .meta({ description: "T0: temperature of the logits" }),
  keyMomentum: z.number().min(0).max(1).default(0.99).meta({ description: "m: momentum of the key encoder" }),
  queueSize: z.int().min(1).max(4_194_304).default(8192).meta({ description: "K: keys kept in the queue" }),
  embeddingDim: z.int().min(1).max(65_536).default(256).meta({ description: "D: width of the projection" }),
};

/** w where it is left out. */
const usualSoftWeight = { maskcon: 1, grafit: 0.5, coins: 0.5 } as const;
/** The methods that are one value of w: another one given beside them means nothing. */
const fixedSoftWeight = { selfcon: 0, supcon: 1, supce: 1, supfine: 1 } as const;

/** The w that applies to a method. */
export function softWeightOf(method: (typeof methodNames)[number], given: number | undefined): number {
  return method in fixedSoftWeight
    ? fixedSoftWeight[method as keyof typeof fixedSoftWeight]
    : (given ?? usualSoftWeight[method as keyof typeof usualSoftWeight]);
}
