import { readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { fail } from "../core/index.ts";
import type { Dataset, LoadedData } from "./dataset.ts";
import { fsReason } from "./fs-reason.ts";
import { carsSigns, openCars196 } from "./sources/cars196.ts";
import { openCifar10, openCifar10Binary } from "./sources/cifar10.ts";
import type { CifarScheme } from "./sources/cifar10-coarse.ts";
import { openCifar100, openCifar100Binary } from "./sources/cifar100.ts";
import { readCsv } from "./sources/csv.ts";
import { openFashionMnist } from "./sources/fashion-mnist.ts";
import { dataFromFiles, imagesFromFiles } from "./sources/from-files.ts";
import { readImageFolder } from "./sources/image-folder.ts";
import type { FilesOptions } from "./sources/labelled.ts";
import { openSop, sopSigns } from "./sources/sop.ts";
import { readableFormats, walk } from "./sources/walk.ts";

export interface OpenOptions extends FilesOptions {
  /** `cifartoy-good` and `cifartoy-bad` choose CIFAR-10's coarse classes, `sop-split1` and `-split2` the split; else no matter. */
  readonly preset?: string | undefined;
  /** Accept CIFAR-10 with some of its five training files missing. */
  readonly partial?: boolean | undefined;
}

/** The name a CSV has to have for its folder to stand for it. */
const FOLDER_CSV = "labels.csv";

type Opener = (folder: string, names: readonly string[], options: OpenOptions) => Promise<LoadedData>;

const schemeOf = ({ preset }: OpenOptions): CifarScheme =>
  preset === "cifartoy-good" || preset === "cifartoy-bad" ? preset : "cifar10";

const cifar10Options = (o: OpenOptions) => ({ partial: o.partial, scheme: schemeOf(o) });

/** Each known folder by the files that betray it; the first that fits is taken. */
const known: readonly (readonly [signs: readonly string[], Opener])[] = [
  [["coarse_label_names.txt", "fine_label_names.txt"], (folder) => openCifar100Binary(folder)],
  [["batches.meta"], (folder, names, o) => openCifar10(folder, names, cifar10Options(o))],
  [["batches.meta.txt"], (folder, names, o) => openCifar10Binary(folder, names, cifar10Options(o))],
  [["train-images-idx3-ubyte"], openFashionMnist],
  [["train-images-idx3-ubyte.gz"], openFashionMnist],
  [[FOLDER_CSV], (folder, _, o) => openCsv(join(folder, FOLDER_CSV), o)],
  ...carsSigns.map((signs) => [signs, openCars196] as const),
  ...sopSigns.map((signs) => [signs, openSop] as const),
];

/**
 * Opens DATA: an image folder (see `readImageFolder`), a CSV or a folder that holds a `labels.csv` (see `readCsv`), or the
 * folder of CIFAR-10, CIFAR-100 (Python or binary version) or Fashion-MNIST (idx files), known by their files' names.
 * Every image file is read once; without a test split of its own, a tenth of every class is held out.
 * @throws MaskconError `data` or `image` in one line: missing, empty or one-class data, bad labels, too many bad images
 */
export async function openData(path: string, options: OpenOptions = {}): Promise<LoadedData> {
  if (!(await isFolder(path))) return openCsv(path, options);
  const names = await namesIn(path);
  // CIFAR-100's are plain words, so they must be files: an image folder may have folders `train` and `test`.
  if (["meta", "train", "test"].every((name) => names.includes(name)) && !(await isFolder(join(path, "train")))) {
    return openCifar100(path);
  }
  const opener = known.find(([signs]) => signs.every((sign) => names.includes(sign)));
  if (opener) return opener[1](path, names, options);
  return dataFromFiles(path, await readImageFolder(path, options.signal), options);
}

/**
 * The images to embed: every one in a folder at any depth, or every row of a CSV (only `file` is needed). Their labels are
 * -1 where unknown.
 */
export async function openImages(path: string, options: FilesOptions = {}): Promise<Dataset> {
  if (!(await isFolder(path))) return imagesFromFiles(path, await readCsv(csvPath(path), "optional"), options);
  const found = await walk(path, options.signal);
  if (found.length === 0) {
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
  return dataFromFiles(path, await readCsv(csvPath(path)), options);
}

function csvPath(path: string): string {
  if (extname(path).toLowerCase() === ".csv") return path;
  return fail("data", {
    where: path,
    expected: "an image folder, a named dataset's folder or a .csv file",
    found: "another file",
  });
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
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
