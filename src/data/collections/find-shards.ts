import { basename, dirname, join } from "node:path";
import { fail } from "../../core/index.ts";
import { isImageName } from "../images/image-names.ts";
import type { Scan } from "./scan.ts";
import { type SplitName, splitBegun, splitRoles, splitWithin } from "./split-names.ts";

/** A file that holds many images. */
export interface Shard {
  readonly file: string;
  /** Below the data's folder, with forward slashes. */
  readonly name: string;
  readonly split: "train" | "test" | undefined;
  /** Of a validation split beside a test split: in neither of the two. */
  readonly aside: boolean;
}

/** More sub-folders than any set has configurations: they are classes of an image folder. */
const MAX_FOLDERS = 256;

/**
 * The files of a folder that end in `ending`, at the layouts in use: beside each other, in `data`, in a folder for each split,
 * or in one for the configuration with any of these inside; other folders, without images, are passed over. Undefined where
 * the folder holds something else.
 * @throws MaskconError "data" where it holds several configurations or folders of images as well, or names a split for some
 *   files alone
 */
export async function findShards(scan: Scan, ending: string): Promise<Shard[] | undefined> {
  const files = filesEnding(scan, ending);
  const deeper: string[] = [];
  for (const folder of scan.folders.slice(0, MAX_FOLDERS)) deeper.push(...(await below(scan, folder, ending)));
  if (files.length + deeper.length > 0) await refuseClasses(scan, (files[0] ?? deeper[0])!);
  if (files[0] !== undefined) await refuseImages(scan, files[0]);
  const names = [...files, ...deeper];
  if (names.length === 0) return undefined;
  oneConfiguration(scan.path, names);
  return withSplits(scan.path, names.sort());
}

const filesEnding = ({ files }: Scan, ending: string): string[] =>
  files.filter((name) => name.toLowerCase().endsWith(ending));

const hasImage = ({ files }: Scan): boolean => files.some(isImageName);

/** `partial-train` is how Hugging Face calls the first gigabytes of a split, converted to Parquet. */
const splitOfFolder = (folder: string): SplitName | undefined => splitBegun(folder.replace(/^partial-/, ""));

/** Folders that files of a set may lie in. */
const isLayout = (folder: string): boolean => folder === "data" || splitOfFolder(folder) !== undefined;

/** Two folders of images, at the top or in that of a split, are classes: which of the two kinds is meant is open. */
async function refuseClasses(scan: Scan, file: string): Promise<void> {
  const classes: string[] = [];
  for (const folder of scan.folders.slice(0, MAX_FOLDERS)) {
    const inside = await scan.inside(folder);
    if (hasImage(inside)) classes.push(folder);
    for (const name of isLayout(folder) ? inside.folders.slice(0, MAX_FOLDERS) : []) {
      if (classes.length < 2 && hasImage(await inside.inside(name))) classes.push(`${folder}/${name}`);
    }
    if (classes.length >= 2) both(scan.path, `the folders ${classes.slice(0, 2).join(" and ")}`, file);
  }
}

/** Beside a folder with images at any depth a file may be somebody's backup of them. */
async function refuseImages(scan: Scan, file: string): Promise<void> {
  for (const folder of scan.folders) {
    if (!isLayout(folder) && (await holdsImage(await scan.inside(folder)))) {
      both(scan.path, `the folder ${folder}`, file);
    }
  }
}

async function holdsImage(scan: Scan): Promise<boolean> {
  if (hasImage(scan)) return true;
  for (const name of scan.folders) if (await holdsImage(await scan.inside(name))) return true;
  return false;
}

function both(root: string, folders: string, file: string): never {
  fail("data", {
    where: root,
    expected: "images in folders, or in files that hold many",
    found: `both: ${folders}, and ${file}`,
    fix: "move one of the two elsewhere",
  });
}

async function below(scan: Scan, folder: string, ending: string): Promise<string[]> {
  const inside = await scan.inside(folder);
  if (hasImage(inside)) return [];
  const found = filesEnding(inside, ending).map((name) => `${folder}/${name}`);
  for (const split of inside.folders.filter((name) => splitOfFolder(name))) {
    found.push(...filesEnding(await inside.inside(split), ending).map((name) => `${folder}/${split}/${name}`));
  }
  return found;
}

/** Folders that name neither a split nor plainly "data" are configurations of the set, of which one is meant. */
function oneConfiguration(root: string, names: readonly string[]): void {
  const configurationOf = (name: string) =>
    dirname(name)
      .split("/")
      .filter((part) => part !== "." && part !== "data" && !splitOfFolder(part))
      .join("/");
  const configurations = [...new Set(names.map(configurationOf))];
  if (configurations.length < 2) return;
  fail("data", {
    where: root,
    expected: "one configuration of the set",
    found: configurations.map((name) => name || "files beside them").join(", "),
    fix: "give the folder of one of them",
  });
}

function withSplits(root: string, names: readonly string[]): Shard[] {
  const splits = names.map(splitOf);
  const unnamed = names[splits.indexOf(undefined)];
  if (unnamed !== undefined && splits.some((split) => split !== undefined)) {
    fail("data", {
      where: join(root, unnamed),
      expected: "a name with the split in it (train, test, validation), as others have",
      found: "one without it",
      fix: "rename it or move it away",
    });
  }
  const roleOf = splitRoles(splits);
  return names.map((name, i) => {
    const role = splits[i] && roleOf(splits[i]);
    return { file: join(root, name), name, split: role === "aside" ? "test" : role, aside: role === "aside" };
  });
}

/** By what the file's own name begins with, the folder it lies in, or a word inside the file's name. */
const splitOf = (name: string): SplitName | undefined =>
  splitBegun(basename(name)) ?? splitOfFolder(basename(dirname(name))) ?? splitWithin(basename(name));
