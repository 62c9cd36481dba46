import { z } from "zod";
import { backbonePart } from "./backbone.ts";
import { dataPart } from "./data.ts";
import { loopPart } from "./loop.ts";
import { methodPart } from "./method.ts";
import { modelPart } from "./model.ts";
import { optimiserPart } from "./optimiser.ts";
import { presetNames } from "./preset-names.ts";

/** Everything that decides a run: one flat object, the same words as the flags (in kebab-case) and `config.json`. */
export const runSchema = z.strictObject({
  preset: z.enum(presetNames).optional().meta({ description: "settings of a known dataset or purpose" }),
  ...methodPart,
  ...backbonePart,
  ...modelPart,
  ...optimiserPart,
  ...dataPart,
  ...loopPart,
});

export type { RunConfig, RunOptions } from "./run-config.ts";
export type RunKey = keyof typeof runSchema.shape;

export const runKeys = Object.keys(runSchema.shape) as RunKey[];

/** JSON Schema (draft 2020-12) of a configuration file, for documentation and editors. */
export function runJsonSchema(): unknown {
  return z.toJSONSchema(runSchema, { io: "input", target: "draft-2020-12" });
}
