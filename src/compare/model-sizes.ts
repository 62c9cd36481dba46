import { readForeignModel } from "../backbone/index.ts";
import { isModelFile, type ModelFile } from "../config/index.ts";
import { MaskconError } from "../core/index.ts";
import type { Grid } from "./grid.ts";

/** The grid with the size of images of each of its models that takes no other. */
export async function withModelSizes(grid: Grid): Promise<Grid> {
  const { settings, vary, methods } = grid;
  const named = [settings.backbone, ...(vary.backbone ?? []), ...methods.map((entry) => entry.settings.backbone)];
  const sizes = new Map<string, number>();
  for (const file of new Set(named.filter(isModelFile))) {
    const size = await fixedSize(file, settings.featureOutput);
    if (size !== undefined) sizes.set(file, size);
  }
  return { ...grid, modelSizes: sizes };
}

/** Undefined where the model takes any size. One that cannot be read fails where it is run: a finished comparison needs none. */
async function fixedSize(file: ModelFile, output: unknown): Promise<number | undefined> {
  try {
    const { input } = await readForeignModel(file, typeof output === "string" ? { output } : {});
    return input.size;
  } catch (error) {
    if (error instanceof MaskconError) return undefined;
    throw error;
  }
}
