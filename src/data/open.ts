import { stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { fail, fsReason } from "../core/index.ts";
import { refuseUrl } from "../formats/index.ts";
import { classFolders, imageFolder } from "./collections/class-folders.ts";
import { mapData, readCoarseMap } from "./collections/coarse-map.ts";
import { readCsv } from "./collections/csv.ts";
import { imagesFromFiles } from "./collections/from-files.ts";
import type { FilesOptions } from "./collections/labelled.ts";
import { labelsCsv, noteOfCsv, openCsv } from "./collections/labels-csv.ts";
import type { Opener, OpenOptions, Recogniser } from "./collections/opener.ts";
import { refuseOtherFile } from "./collections/other-file.ts";
import { type Scan, scanFolder } from "./collections/scan.ts";
import { compressedTars, refuseCompressed, shardFile, shardFolder, shards } from "./collections/shard-sources.ts";
import type { Dataset, LoadedData } from "./dataset.ts";
import { READABLE_FORMATS } from "./images/image-names.ts";
import { incompleteSet, presetSet, setHere, setInside } from "./named/recognise.ts";
import { subsetOf } from "./subset.ts";

export type { OpenOptions };

/** What a folder may be, in this order: the first that knows it opens it. */
const recognisers: readonly Recogniser[] = [
  // A CSV of images says best what is meant.
  labelsCsv,
  // A named set: the one that is asked for before the one whose files lie here, and that before one in a folder of its own.
  presetSet,
  setHere,
  setInside,
  // Parquet files and tars hold pictures that walking the folder does not find.
  shards,
  // Two folders of pictures are classes, whatever else lies beside them.
  classFolders,
  // From here on there is nothing to train on: was it meant to be a named set, or is it packed?
  incompleteSet,
  compressedTars,
  // Pictures of one class, or of none, and the refusal of those.
  imageFolder,
];

/**
 * Opens DATA: an image folder, a CSV or a folder that holds a `labels.csv`, Parquet files or tar shards, or the folder of a
 * named dataset, known by its files' names. docs/data.md describes each.
 * Every image file is read once; without a test split of its own, a tenth of every class is held out.
 * @throws MaskconError "data" where data are missing, empty or of one class, or have bad labels, "image" where
 *   too many images are bad
 */
export async function openData(path: string, options: OpenOptions = {}): Promise<LoadedData> {
  const map = options.coarseMap === undefined ? undefined : await readCoarseMap(options.coarseMap);
  const data = (await isFolder(path)) ? await openFolder(path, options) : await openFile(path, options);
  // Images from files came mapped, before any was decoded; since then unreadable ones may have taken classes with them.
  const mapped = map && data.train.source.kind === "memory" ? mapData(data, map) : data;
  return subsetOf(mapped, options);
}

async function openFolder(path: string, options: OpenOptions): Promise<LoadedData> {
  const scan = await scanFolder(path, options.signal);
  const opener = await recognised(scan, options);
  checkColumns(path, opener, options);
  const data = await opener.open();
  const note = await noteOfCsv(scan, options);
  return note === undefined ? data : { ...data, warnings: [...(data.warnings ?? []), note] };
}

async function recognised(scan: Scan, options: OpenOptions): Promise<Opener> {
  for (const recognise of recognisers) {
    const opener = await recognise(scan, options);
    if (opener) return opener;
  }
  throw new Error("the last recogniser takes every folder");
}

async function openFile(path: string, options: OpenOptions): Promise<LoadedData> {
  return shardFile(path)?.open(options) ?? openCsv(await csvPath(path), options);
}

/**
 * The images to embed: every one in a folder at any depth, in Parquet files or tar shards, or in a CSV (only `file` is needed). Their labels are
 * -1 where unknown.
 */
export async function openImages(path: string, options: FilesOptions = {}): Promise<Dataset> {
  if (!(await isFolder(path))) {
    const file = shardFile(path);
    return file
      ? file.images(options)
      : imagesFromFiles(path, await readCsv(await csvPath(path), "none", options), options);
  }
  const scan = await scanFolder(path, options.signal);
  const inShards = await shardFolder(scan);
  if (inShards) return inShards.images(options);
  const found = await scan.images();
  if (found.length === 0) {
    await compressedTars(scan, options);
    fail("data", { where: path, expected: `${READABLE_FORMATS} images, at any depth`, found: "none" });
  }
  const files = found.map((entry) => ({
    file: join(path, entry.path),
    id: entry.path,
    coarse: "",
    fine: undefined,
    split: undefined,
    problem: entry.problem,
  }));
  return imagesFromFiles(path, files, options);
}

/** Nothing that was asked for is passed over in silence. */
function checkColumns(folder: string, { columns }: Opener, options: OpenOptions): void {
  const key = (["imageColumn", "coarseColumn", "fineColumn"] as const).find((name) => options[name] !== undefined);
  if (key === undefined || columns) return;
  fail("config", {
    where: `--${key.replace("Column", "-column")} (${key})`,
    expected: "data with columns",
    found: `${folder}, which has none`,
    fix: "leave it out",
  });
}

/** @throws MaskconError "data" where it is another file, saying what it is: by its name, else by its first bytes */
async function csvPath(path: string): Promise<string> {
  if (extname(path).toLowerCase() === ".csv") return path;
  refuseCompressed(path);
  return refuseOtherFile(path);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    refuseUrl(path, "DATA", true);
    return fail("data", { where: path, expected: "a folder or a CSV file that exists", found: fsReason(error) }, error);
  }
}
