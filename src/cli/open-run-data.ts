import { resolve } from "node:path";
import type { RunConfig } from "../config/index.ts";
import { counted, fail, MaskconError, nounFor } from "../core/index.ts";
import type { KnownImages, LoadedData } from "../data/index.ts";
import {
  compareImages,
  type ImageList,
  listImages,
  ONLY_LABELS_COMPARED,
  ownList,
  type Run,
  refuseOthers,
  sharedImages,
  writeRecord,
} from "../run/index.ts";
import { readingOf } from "./data-options.ts";
import { checkThere, openSource, PACKAGE_SOURCE, readingsElsewhere, warnOfSkipped } from "./open-source.ts";
import type { Terminal } from "./terminal.ts";
import { warn } from "./warn.ts";

type RecordedRun = Pick<Run, "paths" | "record">;

/** How images are kept: `whole` as `openSource` says; and those that were decoded before. */
interface Kept {
  readonly whole?: boolean;
  readonly known?: KnownImages;
}

/** The images that a command measures a run on. */
interface RunData extends LoadedData {
  /** Whether they are the images, labels and split that the run was made with. */
  readonly own: boolean;
  /** How many of the test images (of all, where none are test images) were trained with; undefined where nobody knows. */
  readonly trainedWith: number | undefined;
  /** The settings that they were read by. */
  readonly readBy: RunConfig;
  /** What their reader should know. */
  readonly warnings: readonly string[];
}

/**
 * The images a run was trained on, or those of `--data` in their place. Where these are the run's own at another place they
 * are read and split as the run did, and `config.json` names that place from then on; of others none is held out.
 * @throws MaskconError "data" where the run's own images have changed
 */
export async function openRunData(
  run: RecordedRun,
  flags: Readonly<Record<string, unknown>> & { readonly data?: string },
  terminal: Pick<Terminal, "err">,
  kept: Kept = {},
): Promise<RunData> {
  const given = readingOf(flags);
  const elsewhere = flags.data !== undefined;
  const source = elsewhere ? absolute(flags.data!) : ownSource(run.record.data);
  for (const reading of elsewhere ? readingsElsewhere(run.record.config, given) : [given]) {
    const data = elsewhere ? await openMoved(run, source, reading, kept) : await openOwn(run, source, reading, kept);
    if (data?.own) await recordPlace(run, data, source, reading, terminal);
    if (data) return named(data, terminal);
  }
  return named(await openOthers(run, source, given, kept), terminal);
}

/** Figures are of the images that are left: says which are not. */
function named(data: RunData, terminal: Pick<Terminal, "err">): RunData {
  warnOfSkipped(terminal)(data.skipped);
  return data;
}

const absolute = (source: string) => (source === PACKAGE_SOURCE ? source : resolve(source));

/** The images where `config.json` says; under other settings for reading them, their labels may be others. */
async function openOwn(run: RecordedRun, source: string, given: Partial<RunConfig>, kept: Kept): Promise<RunData> {
  const known = run.record.dataset.images !== undefined;
  const readBy = { ...run.record.config, ...given };
  const found = await openSource(source, readBy, undefined, kept);
  const { own, list, difference } = await compareImages(run, found);
  if (own) return { ...own, own: true, readBy, ...withOwn(own, list, known ? [] : [ONLY_LABELS_COMPARED]) };
  if (Object.keys(given).length > 0) {
    const relabelled = await compareImages(run, found, { labels: false });
    const warnings = known ? [] : [NOT_COMPARED];
    if (relabelled.own) {
      return { ...relabelled.own, own: false, readBy, ...withOwn(relabelled.own, relabelled.list, warnings) };
    }
  }
  return refuseOthers(found, difference!, "others with --data DATA");
}

const EARLIER = "this run was begun by an earlier version, which kept no digests of its images";
const NOT_COMPARED = `${EARLIER}: whether these are the same was not compared`;
const TAKEN_FOR_OWN = `${EARLIER}: as their labels agree, these are taken for its own, and split as it split them`;

function ownSource(data: string | undefined): string {
  if (data === undefined) {
    return fail("usage", {
      where: "--data",
      expected: "the images to evaluate on",
      found: "none, and the run does not say where its own lie",
      fix: "give --data DATA",
    });
  }
  checkThere(data, "where they lie elsewhere now, give that place with --data DATA");
  return data;
}

/** What is known of a run's own images: the same picture may be a training and a test image. */
function withOwn({ train, test }: LoadedData, list: ImageList | undefined, warnings: readonly string[]) {
  if (!list) return { trainedWith: undefined, warnings };
  if (!test) return { trainedWith: train.length, warnings };
  const trainedWith = sharedImages(list.test, list.train);
  const warning = `${trainedWith} of the ${test.length} test images are among the training images, too`;
  return { trainedWith, warnings: trainedWith > 0 ? [...warnings, warning] : warnings };
}

/** The run's own images at `source`; undefined where others lie there. */
async function openMoved(
  run: RecordedRun,
  source: string,
  given: Partial<RunConfig>,
  kept: Kept,
): Promise<RunData | undefined> {
  try {
    const readBy = { ...run.record.config, ...given };
    const found = await openSource(source, readBy, undefined, kept);
    const { own, list } = await compareImages(run, found);
    const known = run.record.dataset.images !== undefined;
    // Labels alone are no proof; test images of such a split were not trained with, whichever these are.
    return own && { ...own, own: known, readBy, ...withOwn(own, list, known ? [] : [TAKEN_FOR_OWN]) };
  } catch (error) {
    // Read as other images it may work; if not, that failure is the one to report.
    if (error instanceof MaskconError) return undefined;
    throw error;
  }
}

/** Other images, read as DATA alone says. */
async function openOthers(run: RecordedRun, source: string, given: Partial<RunConfig>, kept: Kept): Promise<RunData> {
  const whole = { testFraction: 0, trainImages: undefined, measureOn: "test" } as const;
  const unmapped = { coarseMap: undefined, imageColumn: undefined, coarseColumn: undefined, fineColumn: undefined };
  const readBy = { ...run.record.config, ...whole, ...unmapped, ...given };
  const found = await openSource(source, readBy, undefined, { ...kept, oneClass: true });
  // Images without splits are nobody's training images.
  const data = found.test ? found : { ...found, train: { ...found.train, name: found.name } };
  const measured = data.test ?? data.train;
  const own = await ownList(run);
  if ("problem" in own) {
    const warning = `whether any of these images were trained with is not known: ${own.problem}`;
    return { ...data, own: false, readBy, trainedWith: undefined, warnings: [warning] };
  }
  const { train: rows } = await listImages({ ...data, train: measured, test: undefined });
  const trainedWith = sharedImages(rows, own.train);
  const warning = `${trainedWith} of ${nounFor(measured.length, "this", "these")} ${counted(measured.length, "image")} ${nounFor(trainedWith, "was", "were")} trained with: their figures say little about others`;
  return { ...data, own: false, readBy, trainedWith, warnings: trainedWith > 0 ? [warning] : [] };
}

/** Has `config.json` name the place where the run's own images were found. */
async function recordPlace(
  { paths, record }: RecordedRun,
  { name }: LoadedData,
  source: string,
  given: Partial<RunConfig>,
  terminal: Pick<Terminal, "err">,
): Promise<void> {
  const { config, dataset } = record;
  const asBefore = Object.entries(given).every(([key, value]) => config[key as keyof RunConfig] === value);
  if (source === record.data && asBefore) return;
  try {
    await writeRecord(paths, {
      ...{ ...record, data: source },
      ...{ config: { ...config, ...given }, dataset: { ...dataset, name } },
    });
    terminal.err(`note: these are the run's own images; ${paths.config} says now where they lie\n`);
  } catch (error) {
    // Images can be measured where nothing can be written.
    if (!(error instanceof MaskconError)) throw error;
    warn(terminal, error.message);
  }
}
