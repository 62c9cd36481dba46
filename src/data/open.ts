import { readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { fail, fsReason } from "../core/index.ts";
import { columnLabels } from "./collections/check-labels.ts";
import { mapData, readCoarseMap } from "./collections/coarse-map.ts";
import { readCsv } from "./collections/csv.ts";
import { dataFromFiles, imagesFromFiles } from "./collections/from-files.ts";
import { isTrainAlone, readImageFolder, topFolders } from "./collections/image-folder.ts";
import type { FilesOptions } from "./collections/labelled.ts";
import { refuseCompressed, shardSource } from "./collections/shard-sources.ts";
import { refuseUrl } from "./collections/url.ts";
import { walk } from "./collections/walk.ts";
import type { Dataset, LoadedData } from "./dataset.ts";
import { readableFormats } from "./images/image-names.ts";
import { carsSigns, openCars196 } from "./named/cars196/cars196.ts";
import { chooseCifar, cifarSetOf, openCifar, refuseBoth } from "./named/cifar/cifar.ts";
import { type CifarFound, findCifar } from "./named/cifar/cifar-version.ts";
import { openFashionMnist } from "./named/fashion-mnist/fashion-mnist.ts";
import { isImagenet32, openImagenet32, refuseInside } from "./named/imagenet32/imagenet32.ts";
import { refuseIncomplete } from "./named/refuse-incomplete.ts";
import { openSop, sopSigns } from "./named/sop/sop.ts";
import { withTrainImages } from "./subset.ts";

export interface OpenOptions extends FilesOptions {
  /**
   * `cifartoy-good` and `cifartoy-bad` choose CIFAR-10's coarse classes, `sop-split1` and `-split2` the split. Of any named
   * set it says what is missing, where the folder holds nothing else to train on.
   */
  readonly preset?: string | undefined;
  /** Accept CIFAR-10 with some of its five training files missing, or ImageNet32 with some of its ten. */
  readonly partial?: boolean | undefined;
  /** Keep this many of the training images (see `subset`); default all. */
  readonly trainImages?: number | undefined;
}

/** The name a CSV has to have for its folder to stand for it. */
const FOLDER_CSV = "labels.csv";

type Opener = (folder: string, names: readonly string[], options: OpenOptions) => Promise<LoadedData>;

/** Each known folder by the files that betray it, CIFAR's apart (see `findCifar`); the first that fits is taken. */
const known: readonly (readonly [signs: readonly string[], Opener])[] = [
  [["train-images-idx3-ubyte"], openFashionMnist],
  [["train-images-idx3-ubyte.gz"], openFashionMnist],
  [[FOLDER_CSV], (folder, _, o) => openCsv(join(folder, FOLDER_CSV), o)],
  ...carsSigns.map((signs) => [signs, openCars196] as const),
  ...sopSigns.map((signs) => [signs, openSop] as const),
];

/**
 * Opens DATA: an image folder (see `readImageFolder`), a CSV or a folder that holds a `labels.csv` (see `readCsv`), or the
 * folder of CIFAR-10, CIFAR-100 (Python or binary version, or a folder with the one that their archive unpacks to) or
 * Fashion-MNIST (idx files), known by their files' names.
 * Every image file is read once; without a test split of its own, a tenth of every class is held out.
 * @throws MaskconError `data` or `image` in one line: missing, empty or one-class data, bad labels, too many bad images
 */
export async function openData(path: string, options: OpenOptions = {}): Promise<LoadedData> {
  const map = options.coarseMap === undefined ? undefined : await readCoarseMap(options.coarseMap);
  const data = await openAny(path, options);
  // Images from files came mapped, before any was decoded; since then unreadable ones may have taken classes with them.
  const mapped = map && data.train.source.kind === "memory" ? mapData(data, map) : data;
  return withTrainImages(mapped, options.trainImages);
}

async function openAny(path: string, options: OpenOptions): Promise<LoadedData> {
  if (await isFolder(path)) return openFolder(path, options);
  return (await shardSource(path, false))?.open(options) ?? openCsv(path, options);
}

async function openFolder(path: string, options: OpenOptions): Promise<LoadedData> {
  const names = await namesIn(path);
  await checkColumns(path, names, options);
  const found = await findCifar(path, names);
  const cifar = chooseCifar(found, options.preset);
  if (cifar?.certain && goesFirst(cifar, path, names, options)) return openCifar(cifar, options);
  if (isImagenet32(names)) return openImagenet32(path, names, options);
  const opener = known.find(([signs]) => signs.every((sign) => names.includes(sign)));
  if (opener) return opener[1](path, names, options);
  if (cifar?.certain) {
    refuseBoth(path, cifar, found, options.preset);
    return openCifar(cifar, options);
  }
  const shards = await shardSource(path, true);
  return shards ? shards.open(options) : openImageFolder(path, names, cifar, options);
}

/** CIFAR in a folder inside goes before what else the folder is only where the preset asks for it. */
const goesFirst = ({ folder, version }: CifarFound, path: string, names: readonly string[], { preset }: OpenOptions) =>
  folder === path || (version.set === cifarSetOf(preset) && !names.includes(FOLDER_CSV));

async function openImageFolder(
  path: string,
  names: readonly string[],
  part: CifarFound | undefined,
  options: OpenOptions,
): Promise<LoadedData> {
  const found = await walk(path, options.signal);
  const folders = topFolders(found);
  if (folders.size < 2 && !isTrainAlone(found)) {
    if (folders.size === 0) await refuseInside(path, names);
    // Beside a folder of images, CIFAR-100's plain names say too little.
    refuseIncomplete(path, names, options.preset, folders.size === 0 ? part : undefined);
  }
  if (found.length === 0) await refuseCompressed(path, true);
  const files = readImageFolder(path, found);
  const [only, other] = folders;
  const deeper = other === undefined && !isTrainAlone(found) && found.every((file) => file.path.split("/").length > 2);
  const oneClass = deeper
    ? `add images of another class; if the folders in ${only} are the classes, give ${join(path, only!)}`
    : undefined;
  return dataFromFiles(path, files, options, { oneClass });
}

/**
 * The images to embed: every one in a folder at any depth, in Parquet files or tar shards, or in a CSV (only `file` is needed). Their labels are
 * -1 where unknown.
 */
export async function openImages(path: string, options: FilesOptions = {}): Promise<Dataset> {
  const folder = await isFolder(path);
  const shards = await shardSource(path, folder);
  if (shards) return shards.images(options);
  if (!folder) return imagesFromFiles(path, await readCsv(await csvPath(path), "none", options), options);
  const found = await walk(path, options.signal);
  if (found.length === 0) {
    await refuseCompressed(path, true);
    fail("data", { where: path, expected: `${readableFormats} images, at any depth`, found: "none" });
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

async function openCsv(path: string, options: OpenOptions): Promise<LoadedData> {
  const labels = options.coarseMap === undefined ? "coarse" : "any";
  const files = await readCsv(await csvPath(path), labels, options);
  return dataFromFiles(path, files, options, { labels: columnLabels(`column "${options.coarseColumn ?? "coarse"}"`) });
}

/** Nothing that was asked for is passed over in silence. */
async function checkColumns(folder: string, names: readonly string[], options: OpenOptions): Promise<void> {
  const key = (["imageColumn", "coarseColumn", "fineColumn"] as const).find((name) => options[name] !== undefined);
  if (key === undefined || names.includes(FOLDER_CSV) || (await shardSource(folder, true))) return;
  fail("config", {
    where: `--${key.replace("Column", "-column")} (${key})`,
    expected: "data with columns",
    found: `${folder}, which has none`,
    fix: "leave it out",
  });
}

async function csvPath(path: string): Promise<string> {
  if (extname(path).toLowerCase() === ".csv") return path;
  await refuseCompressed(path, false);
  return fail("data", {
    where: path,
    expected: "an image folder, a named dataset's folder, or a .csv, .parquet or .tar file",
    found: "another file",
  });
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    refuseUrl(path, "DATA", true);
    return fail("data", { where: path, expected: "a folder or a CSV file that exists", found: fsReason(error) }, error);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    return fail("data", { where: folder, expected: "a readable folder", found: fsReason(error) }, error);
  }
}
