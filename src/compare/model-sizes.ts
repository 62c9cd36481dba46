import { readForeignModel } from "../backbone/index.ts";
import { isModelFile, type ModelFile } from "../config/index.ts";
import { MaskconError } from "../core/index.ts";
import type { Grid } from "./grid.ts";

/** The grid with the size of images that each of its models is made for, as `train` takes it. */
export async function withModelSizes(grid: Grid): Promise<Grid> {
  const { settings, vary, methods } = grid;
  const named = [settings.backbone, ...(vary.backbone ?? []), ...methods.map((entry) => entry.settings.backbone)];
  const sizes = new Map<string, number>();
  for (const file of new Set(named.filter(isModelFile))) {
    const size = await ownSize(file, settings.featureOutput);
    if (size !== undefined) sizes.set(file, size);
  }
  return { ...grid, modelSizes: sizes };
}

/** Undefined where the model cannot be read: it fails where it is run, and a finished comparison needs none. */
async function ownSize(file: ModelFile, output: unknown): Promise<number | undefined> {
  try {
    return (await readForeignModel(file, typeof output === "string" ? { output } : {})).imageSize;
  } catch (error) {
    if (error instanceof MaskconError) return undefined;
    throw error;
  }
}
