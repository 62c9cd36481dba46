import { fail } from "../../core/index.ts";
import { type Dataset, imagenetNormalization, type LoadedData, type SkippedFile } from "../dataset.ts";
import { inspect } from "../images/inspect.ts";
import type { KnownImages } from "../images/known-images.ts";
import { type Budget, type Stored, store } from "../images/store.ts";
import { checkLabels, folderLabels, type LabelSource, mapLabels } from "./check-labels.ts";
import { mapFiles, readCoarseMap } from "./coarse-map.ts";
import { type FilesOptions, isNoLabel, type LabelledFile, NO_LABEL } from "./labelled.ts";
import { nameClasses } from "./name-classes.ts";
import { splitFiles } from "./split.ts";
import { unreadableText, withUnreadable } from "./unreadable.ts";

const CACHE_BYTES = 2 ** 30;

/** A crop of a fifth of the area has 0.45 of the side: beyond 1 / 0.45 of the crop's size, pixels are only averaged away. */
const USEFUL = 2.25;

/** What to do, for messages. */
export interface Advice {
  /** Where the images of a published set are to be had. */
  readonly source?: string | undefined;
  /** About images of one coarse class alone. */
  readonly oneClass?: string | undefined;
  /** Default: the folders' names. */
  readonly labels?: LabelSource | undefined;
}

/**
 * Splits labelled files, reads every image once and makes the datasets.
 * @param name the folder or CSV, for messages
 */
export async function dataFromFiles(
  name: string,
  listed: readonly LabelledFile[],
  options: FilesOptions,
  advice: Advice = {},
): Promise<LoadedData> {
  const { split, warnings } = await withUnreadable(listed, options, () => checkedSplit(name, listed, options, advice));
  const bad: SkippedFile[] = [];
  const budget: Budget = { bytes: options.cacheBytes ?? CACHE_BYTES };
  const shortSide = options.imageSize === undefined ? undefined : Math.ceil(USEFUL * options.imageSize);
  const train = await read(split.train, shortSide, budget, bad, options);
  const test = await read(split.test, undefined, budget, bad, options);
  refuseBad(name, bad, listed.length, options, advice.source);
  if (train.files.length === 0) fail("image", { where: name, expected: "readable training images", found: "none" });
  checkClasses(name, train.files, options, advice);
  checkLabelled(name, [...train.files, ...test.files]);
  const classes = classesOf([...train.files, ...test.files]);
  return {
    name,
    train: datasetOf(`${name} train`, train, classes),
    test: test.files.length > 0 ? datasetOf(`${name} test`, test, classes) : undefined,
    skipped: bad,
    warnings,
  };
}

/** The files with the labels they are trained on, split. Nothing is read but their labels. */
async function checkedSplit(
  name: string,
  listed: readonly LabelledFile[],
  options: FilesOptions,
  advice: Advice,
): Promise<{ split: ReturnType<typeof splitFiles>; warnings: string[] }> {
  const { coarseMap } = options;
  refuseNoLabel(name, listed);
  const named = nameClasses(listed);
  const files = coarseMap === undefined ? named : mapFiles(named, await readCoarseMap(coarseMap));
  checkClasses(name, files, options, advice);
  const labels = coarseMap === undefined ? advice.labels : mapLabels(coarseMap);
  const warnings = checkLabels(name, files, labels ?? folderLabels, options.oneClass);
  const split = splitFiles(files, options.testFraction, options.seed);
  if (split.train.length === 0) {
    fail("data", { where: name, expected: "images to train on", found: "only the split test" });
  }
  return { split, warnings };
}

/** All files as one set, labels where they have some; -1 in `coarse` where not. */
export async function imagesFromFiles(
  name: string,
  files: readonly LabelledFile[],
  options: FilesOptions,
): Promise<Dataset> {
  const bad: SkippedFile[] = [];
  // One pass is all that embedding makes, so keeping pixels would not pay.
  const stored = await read(nameClasses(files), undefined, { bytes: 0 }, bad, options);
  refuseBad(name, bad, files.length, options);
  return datasetOf(name, stored, classesOf(stored.files));
}

async function read(
  files: readonly LabelledFile[],
  shortSide: number | undefined,
  budget: Budget,
  bad: SkippedFile[],
  { signal, known: given }: FilesOptions,
): Promise<Stored> {
  // What is known is the size of the whole image.
  const known: KnownImages | undefined = shortSide === undefined ? given : undefined;
  return store(await inspect(files, shortSide, bad, signal, known), shortSide, budget, bad, signal, known);
}

function checkClasses(name: string, files: readonly LabelledFile[], { oneClass }: FilesOptions, advice: Advice): void {
  // Samples that are not there at all have no label.
  const classes = new Set(files.map(({ coarse }) => coarse).filter((coarse) => coarse !== ""));
  if (classes.size > 1 || (oneClass && classes.size === 1)) return;
  fail("data", {
    where: name,
    expected: "at least two coarse classes",
    found: classes.size === 0 ? "no image" : `only "${[...classes][0]}"`,
    fix: advice.oneClass ?? "one class alone teaches nothing: add images of another",
  });
}

/** Readers of columns say where it stands; this leaves folders. */
function refuseNoLabel(name: string, files: readonly LabelledFile[]): void {
  const file = files.find(({ coarse, fine }) => isNoLabel(coarse) || (fine !== undefined && isNoLabel(fine)));
  if (!file) return;
  const fix = "rename the folder, or move it away";
  fail("data", { where: `${name}, ${file.id}`, expected: "a folder called by its class", found: NO_LABEL, fix });
}

/** Training would end in the middle, at the batch that the image is in. */
function checkLabelled(name: string, files: readonly LabelledFile[]): void {
  const without = files.find(({ coarse }) => coarse === "");
  if (without) {
    fail("data", { where: `${name}, ${without.id}`, expected: "a coarse label for every image", found: "none" });
  }
}

function refuseBad(
  name: string,
  bad: SkippedFile[],
  total: number,
  { maxBad = 0, onSkipped }: FilesOptions,
  source?: string,
): void {
  if (bad.length === 0 && total > 0) return;
  const found = unreadableText(bad, total);
  if (bad.length <= maxBad && bad.length < total) {
    onSkipped?.(bad);
    return;
  }
  const isAll = bad.length === total;
  const expected = isAll || maxBad === 0 ? "readable images" : `at most ${maxBad} unreadable images`;
  const mend = `repair or remove them${isAll ? "" : ", or allow more with --max-bad (maxBad)"}`;
  fail("image", { where: name, expected, found, fix: source ? `${mend}; ${source}` : mend });
}

interface Classes {
  readonly coarse: readonly string[];
  readonly fine: readonly string[] | undefined;
}

function classesOf(files: readonly LabelledFile[]): Classes {
  const names = (of: (file: LabelledFile) => string | undefined) =>
    [...new Set(files.map(of))].filter((name): name is string => !!name).sort((a, b) => (a < b ? -1 : 1));
  const fine = files.every((file) => file.fine !== undefined);
  return { coarse: names((file) => file.coarse), fine: fine ? names((file) => file.fine) : undefined };
}

function datasetOf(name: string, { files, source }: Stored, classes: Classes): Dataset {
  const coarse = new Map(classes.coarse.map((label, i) => [label, i]));
  const fine = new Map(classes.fine?.map((label, i) => [label, i]));
  return {
    name,
    length: files.length,
    coarseClasses: classes.coarse,
    fineClasses: classes.fine,
    coarse: Int32Array.from(files, (file) => coarse.get(file.coarse) ?? -1),
    fine: classes.fine && Int32Array.from(files, (file) => fine.get(file.fine!)!),
    ids: files.map(({ id }) => id),
    source,
    normalization: imagenetNormalization,
  };
}
