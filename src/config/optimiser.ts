import { z } from "zod";

/** The optimizer and its schedule: linear warm-up, then cosine to zero, both per iteration. */
export const optimiserPart = {
  optimizer: z
    .enum(["sgd", "adamw"])
    .default("sgd")
    .meta({ description: "how weights follow their gradients; adamw leaves biases without weight decay" }),
  learningRate: z.number().positive().default(0.02).meta({ description: "peak learning rate" }),
  sgdMomentum: z.number().min(0).lt(1).default(0.9).meta({ description: "momentum of SGD" }),
  weightDecay: z.number().min(0).default(5e-4).meta({ description: "weight decay" }),
  clipNorm: z.number().min(1e-30).max(1e6).optional().meta({
    description: "largest norm of the gradient; one of a larger norm is scaled down to it (default: none is)",
  }),
  epochs: z.int().min(1).max(1_000_000).default(200).meta({ description: "passes over the training images" }),
  steps: z
    .int()
    .min(1)
    .optional()
    .meta({ description: "length of the run and its schedule in steps, in place of epochs" }),
  leastSteps: z
    .int()
    .min(0)
    .default(0)
    .meta({ description: "take more epochs where those make fewer steps than this", unit: "steps" }),
  averageEpochs: z.number().min(0).default(0).meta({
    description: "average the query encoder's weights over the last epochs (0: keep no average)",
    unit: "epochs",
  }),
  warmupEpochs: z
    .number()
    .min(0)
    .optional()
    .meta({ description: "linear warm-up; by default 5, or 5% of a run under 100 epochs", unit: "epochs" }),
  warmupShare: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({ description: "linear warm-up as a share of the run, in place of epochs" }),
};
