import { z } from "zod";
import { keysOf } from "../core/index.ts";

const triple = (of: string) =>
  z
    .string()
    .regex(/^\s*[-+.\de]+\s*,\s*[-+.\de]+\s*,\s*[-+.\de]+\s*$/i, { error: "three numbers, R,G,B" })
    .optional()
    .meta({
      description: `${of} of each channel, of values from 0 to 1, where no file beside the model says it`,
      value: "list",
    });

/** A foreign model as backbone: what of it is trained, and how it wants its images. */
export const modelPart = {
  trainable: z
    .string()
    .regex(/^(head|all|tail:[1-9]\d{0,4})$/, { error: "head, tail:N or all" })
    .default("head")
    .meta({
      description: "what is trained of a model from a file: an adapter behind it, then its last N blocks, or all of it",
      value: "name",
    }),
  layerDecay: z.number().positive().max(1).optional().meta({
    description:
      "learning rate of each block of the model as a share of that of the block behind it (tail:N, all; default: 1)",
  }),
  headRate: z.number().positive().max(1e6).optional().meta({
    description: "learning rate of what is trained behind the model, times learningRate (tail:N, all; default: 1)",
  }),
  views: z
    .int()
    .min(2)
    .max(1024)
    .multipleOf(2, { error: "an even number" })
    .default(16)
    .meta({ description: "augmented views of an image whose features are kept, half of them weak", unit: "views" }),
  viewSeed: z.int().min(0).max(0xffffffff).default(0).meta({
    description: "fixes these views; runs of several seeds share them",
  }),
  whiten: z.int().min(0).max(65_536).default(256).meta({
    description: "width of the whitened features, at most the model's (0: not whitened)",
  }),
  adapterShare: z.number().gt(0).max(1).default(1).meta({
    description:
      "share of what the adapter learned that the trained encoder takes: 1 all, near 0 the whitened features",
  }),
  features: z.enum(["cls", "mean", "cls+mean"]).optional().meta({
    description:
      "which tokens of a transformer become its features (default: cls+mean, mean where it has no class token)",
  }),
  featureOutput: z.string().min(1).optional().meta({
    description: "output of the model that gives the features (default: `maskcon backbone` says it)",
    value: "name",
  }),
  normalization: z.enum(["imagenet", "clip", "half", "none"]).optional().meta({
    description: "how the model wants its images normalised, where no file beside it says so",
  }),
  mean: triple("mean"),
  std: triple("standard deviation"),
  cacheDir: z.string().min(1).optional().meta({
    description: "folder for cached features (default: in the user's folder for caches)",
  }),
};

export const modelKeys = keysOf(modelPart);
