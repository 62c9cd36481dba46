import { availableParallelism } from "node:os";
import { z } from "zod";
import { deviceNames } from "../engine/index.ts";

/** The encoders a run can have: the paper evaluates the query encoder. */
const encoderNames = ["query", "key", "average"] as const;

/** How the loop runs; none of these change what is learned, except `seed`. */
export const loopPart = {
  seed: z.int().min(0).max(0xffffffff).default(0).meta({ description: "fixes weights, order and augmentation" }),
  encoder: z
    .enum(encoderNames)
    .default("query")
    .meta({ description: "which encoder is evaluated, exported and embedded with" }),
  device: z.enum(deviceNames).default("cpu").meta({ description: "where the step runs" }),
  threads: z.int().min(1).max(1024).optional().meta({ description: "CPU threads of the step (default: all cores)" }),
  tune: z
    .boolean()
    .default(false)
    .meta({ description: "measure the CPU's kernel variants first and keep the fastest with the run" }),
  workers: z
    .int()
    .min(1)
    .max(256)
    .default(() => Math.max(1, Math.min(8, Math.floor(availableParallelism() / 2))))
    .meta({ description: "threads that decode and augment images" }),
  evalEvery: z
    .int()
    .min(0)
    .default(10)
    .meta({ description: "evaluate every n epochs (0: only first and last)", unit: "epochs" }),
  diagnoseEvery: z.int().min(0).default(0).meta({
    description: "measure every method's targets against known fine labels every n epochs (0: never)",
    unit: "epochs",
  }),
  checkpointEvery: z
    .int()
    .min(0)
    .default(0)
    .meta({ description: "keep a checkpoint of every n-th epoch (0: only last and best)", unit: "epochs" }),
  checkpointMinutes: z
    .number()
    .positive()
    .default(5)
    .meta({ description: "write the last checkpoint at least this often", unit: "minutes" }),
};
