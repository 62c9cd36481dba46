import { presetNames, presets } from "../config/index.ts";
import { didYouMean, fail } from "../core/index.ts";
import { type Grid, parseGrid, withSettings } from "./grid.ts";
import type { Kind } from "./matters.ts";
import { type PaperName, paperTables } from "./paper-numbers.ts";

export const paperNames = Object.keys(paperTables) as readonly PaperName[];
export const scales = ["full", "small"] as const;
/** From no labels to all of them; the method of the paper before the upper reference. */
const paperOrder: readonly Kind[] = ["frozen", "selfcon", "supcon", "supce", "coins", "grafit", "maskcon", "supfine"];

/**
 * The grid of one of the paper's tables: every method once, under the settings of the official code.
 * @param scale "small" changes them to what a CPU can do: those of the preset `cpu-small`, large images at 64 px
 * @throws MaskconError "usage" where the name or the scale is unknown
 */
export function paperGrid(name: string, scale = "full"): Grid {
  const paper = choice("--preset", name, paperNames);
  const preset = paperTables[paper].images.name;
  const grid = { ...parseGrid(paper, { preset, methods: paperOrder }), paper: paperTables[paper] };
  if (choice("--scale", scale, scales) === "full") return grid;
  const { imageSize = 32 } = presets[preset].values;
  const small = imageSize > 64 ? { imageSize: 64 } : {};
  return { ...withSettings(grid, { ...presets["cpu-small"].values, ...small }), where: `${paper} --scale small` };
}

/**
 * The grid over another of the presets of `maskcon train`.
 * @throws MaskconError "usage" where the name is unknown, as that of a table of the paper is
 */
export function withPreset(grid: Grid, name: string): Grid {
  return { ...grid, preset: choice("--preset, beside a grid", name, presetNames) };
}

function choice<T extends string>(where: string, name: string, names: readonly T[]): T {
  const found = names.find((known) => known === name);
  if (found !== undefined) return found;
  const fix = didYouMean(name, names);
  return fail("usage", { where, expected: `one of ${names.join(", ")}`, found: JSON.stringify(name), fix });
}
