import { randomBytes } from "node:crypto";
import { constants, copyFile, link, mkdir, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type Collection, hashOf, labelsAt } from "../collection/index.ts";
import { asDiskFailure, makeFolder } from "../core/atomic-file.ts";
import { fail, firstFew, fsReason, groupBy, inLanes, MaskconError, messageOf, type StopSignal } from "../core/index.ts";
import { isImageName, labelsOfFolder, labelsOfPaths } from "../data/index.ts";
import { digestOf } from "../formats/index.ts";
import { checkFolderNames, freeNames, unfitFile } from "./folder-names.ts";
import { sourceImages } from "./source-images.ts";

/** How `exportFolders` places images, and which it may leave out. */
export interface FolderOptions {
  /** Copies images; by default they are hard links where the disk has them, so that they take no room. */
  readonly copy?: boolean | undefined;
  /** Images in no group that have no fine label: left out by default, or in a folder `not sure` of their class. */
  readonly unsure?: "skip" | "folder" | undefined;
  /** Whether `train` and `test` lie above the classes where every image has a split; true by default. */
  readonly splits?: boolean | undefined;
  /** How many images may be left out because they changed, are gone, or cannot keep their name; default 0. */
  readonly maxBad?: number | undefined;
  /** Aborts by throwing its reason; nothing is left of the folder. */
  readonly signal?: StopSignal | undefined;
  /** Called after every image. */
  readonly progress?: ((event: { readonly done: number; readonly total: number }) => void) | undefined;
}

/** What `exportFolders` wrote, and which images it left out. */
export interface ExportedFolders {
  readonly folder: string;
  /** Images in the folders: hard links to their files, copies of them, and those taken out of archives. */
  readonly linked: number;
  readonly copied: number;
  readonly extracted: number;
  /** Live images that were left out: not sure, without a coarse class, and bad ones with the reason. */
  readonly unsure: number;
  readonly unlabelled: number;
  readonly bad: readonly { readonly name: string; readonly reason: string }[];
  /** Whether the folders lie in `train` and `test`. */
  readonly splits: boolean;
  /** How many images each fine class has, by name. */
  readonly classes: readonly { readonly coarse: string; readonly fine: string; readonly images: number }[];
}

interface Planned {
  readonly row: number;
  readonly split: string | null;
  readonly coarse: string;
  readonly fine: string;
  /** Whether `fine` stands for a group without a name, or for none. */
  readonly isStandIn: boolean;
}

const UNSURE = "not sure";
const LANES = 8;
const HASH_CHARACTERS = 32;

/**
 * Writes the live images of a collection into folders, COARSE/FINE/NAME, that `openData` and `openImages` read with the same
 * labels; in `train` and `test` above them where every image has a split, unless `splits` is false. A fine class is the name
 * of the image's group, else its own fine label, else `group-12`. Each image is compared with the hash that it was collected
 * with. The folder is there when all of it is.
 * @throws MaskconError "usage" where the folder is not empty or a class cannot be a folder, "data" where images changed, are
 * gone or cannot keep their names, "disk"
 */
export async function exportFolders(
  collection: Collection,
  folder: string,
  o: FolderOptions = {},
): Promise<ExportedFolders> {
  await refuseFull(folder);
  const { planned, ...left } = plan(collection, o.unsure ?? "skip");
  if (planned.length === 0) fail("usage", { where: folder, expected: "images with a fine class", found: "none" });
  const classes = new Map<string, Set<string>>();
  for (const { coarse, fine } of planned) classes.set(coarse, (classes.get(coarse) ?? new Set()).add(fine));
  checkFolderNames(classes, folder);
  refuseTwoMeanings(planned, folder);
  const splits = (o.splits ?? true) && haveSplits(planned, folder);
  // What would be read back as something else is refused before anything is written, too.
  const expected = new Map(planned.map((own) => [`${folderOf(own, splits)}/${own.row}.png`, own]));
  await checkLabels(async () => labelsOfPaths(folder, expected.keys()), expected, folder);
  const target = resolve(folder);
  const unfinished = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    await makeFolder(unfinished);
    const placed = await place(collection, planned, { ...o, splits, root: unfinished });
    await checkLabels(() => labelsOfFolder(unfinished), placed.labels, folder);
    o.signal?.throwIfAborted();
    await putInPlace(unfinished, target, folder);
    const { linked, copied, extracted, bad } = placed;
    return { folder, linked, copied, extracted, ...left, bad, splits, classes: sizesOf(placed.labels.values()) };
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    throw asDiskFailure(error, folder, "to write the folders");
  }
}

/** What somebody else put there meanwhile stays as it is. */
async function putInPlace(unfinished: string, target: string, where: string): Promise<void> {
  await rmdir(target).catch(() => undefined);
  await rename(unfinished, target).catch(async (error: NodeJS.ErrnoException) => {
    const isTaken = await readdir(target).then(
      (names) => names.length > 0,
      ({ code }: NodeJS.ErrnoException) => code === "ENOTDIR",
    );
    if (!isTaken) throw error;
    const found = "one that came into being meanwhile";
    fail("usage", { where, expected: "a new folder", found, fix: "choose another name" }, error);
  });
}

/** In the order of their names. */
function sizesOf(placed: Iterable<Planned>): ExportedFolders["classes"] {
  const known = groupBy(placed, ({ coarse, fine }) => `${coarse}\0${fine}`);
  return [...known]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, own]) => ({ ...classOf(own[0]!), images: own.length }));
}

const classOf = ({ coarse, fine }: Planned) => ({ coarse, fine });

async function refuseFull(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw asDiskFailure(error, folder, "a folder to write into");
  });
  if (names.length === 0) return;
  fail("usage", {
    where: folder,
    expected: "a new or empty folder",
    found: `${names[0]} in it`,
    fix: "choose another",
  });
}

/** Whether every image has a split. Folders are called after it: a collection of somebody else's may have any text there. */
function haveSplits(planned: readonly Planned[], where: string): boolean {
  const other = planned.find(({ split }) => split !== null && split !== "train" && split !== "test");
  if (other) {
    const fix = "leave the folders of splits out (--no-splits)";
    fail("data", { where, expected: "images of the splits train and test", found: JSON.stringify(other.split), fix });
  }
  return planned.every(({ split }) => split !== null) && planned.some(({ split }) => split === "train");
}

/** A name that stands for a group without one, or for the images that are not sure, may be that of a fine class, too. */
function refuseTwoMeanings(planned: readonly Planned[], where: string): void {
  const keyOf = ({ coarse, fine }: Planned) => JSON.stringify([coarse, fine]);
  const given = new Set(planned.filter(({ isStandIn }) => isStandIn).map(keyOf));
  const twice = planned.find((own) => !own.isStandIn && given.has(keyOf(own)));
  if (!twice) return;
  const what = twice.fine === UNSURE ? "images that are not sure" : "a group without a name";
  fail("usage", {
    where,
    expected: "a folder for each fine class",
    found: `${JSON.stringify(twice.fine)} of ${JSON.stringify(twice.coarse)}, a name that ${what} would have, too`,
    fix: twice.fine === UNSURE ? "name the group otherwise, or leave those out" : "give the group a name",
  });
}

/** Where each live image goes. */
function plan(collection: Collection, unsureGo: "skip" | "folder") {
  const { rows } = collection;
  const names = new Map(rows.groups.list.map(({ id, name }) => [id, name]));
  const planned: Planned[] = [];
  let [unsure, unlabelled] = [0, 0];
  for (let row = 0; row < rows.length; row++) {
    if (rows.status[row] !== 0) continue;
    const { coarse, fine: own, split } = labelsAt(rows, row);
    const group = rows.groups.of[row]!;
    const known = names.get(group) ?? own;
    const fine = known ?? (group > 0 ? `group-${group}` : unsureGo === "folder" ? UNSURE : null);
    if (coarse === null) unlabelled++;
    else if (fine === null) unsure++;
    else planned.push({ row, split, coarse, fine, isStandIn: known === null });
  }
  return { planned, unsure, unlabelled };
}

/** Below the root. */
const folderOf = ({ split, coarse, fine }: Planned, splits: boolean): string =>
  [...(splits ? [split!] : []), coarse, fine].join("/");

interface Placing extends FolderOptions {
  readonly splits: boolean;
  readonly root: string;
}

async function place(collection: Collection, planned: readonly Planned[], o: Placing) {
  const { rows } = collection;
  const { root, splits, maxBad = 0, copy = false, signal, progress } = o;
  const find = sourceImages(collection, signal);
  const nameIn = freeNames();
  const labels = new Map<string, Planned>();
  const bad: { name: string; reason: string }[] = [];
  const counts = { linked: 0, copied: 0, extracted: 0 };
  let done = 0;
  await inLanes(planned, { count: LANES, signal }, async (own) => {
    const { row } = own;
    const below = folderOf(own, splits);
    // Before anything is waited for: names depend on the order of rows alone.
    const given = nameIn(below, (rows.files[row] ?? rows.names[row]!).split("/").at(-1)!, rows.ids[row]!);
    try {
      const image = await find(row).catch(sourceProblem);
      const path = `${below}/${fileName(given, "bytes" in image ? image.extension : "")}`;
      const file = join(root, path);
      await mkdir(dirname(file), { recursive: true });
      if ("bytes" in image) await writeFile(file, image.bytes, { flag: "wx" });
      const how = "bytes" in image ? "extracted" : await linkOrCopy(image.file, file, copy, hashOf(rows, row));
      counts[how]++;
      labels.set(path, own);
    } catch (error) {
      signal?.throwIfAborted();
      if (isDiskProblem(error)) throw error;
      bad.push({
        name: rows.names[row]!,
        reason: error instanceof MaskconError ? error.failure.found : fsReason(error),
      });
      if (bad.length > maxBad) refuseBad(bad);
    }
    progress?.({ done: ++done, total: planned.length });
  });
  // Stopped between two images, lanes end without an error.
  signal?.throwIfAborted();
  // In the order of their names, whichever was looked at first.
  bad.sort((a, b) => (a.name < b.name ? -1 : 1));
  if (labels.size === 0) refuseBad(bad, true);
  return { labels, bad, ...counts };
}

/** Where an image cannot be read the folders can still be written: it is a bad one. */
function sourceProblem(error: NodeJS.ErrnoException): never {
  if (error.code === undefined || error instanceof MaskconError || error.code === "EMFILE") throw error;
  throw new Error(fsReason(error), { cause: error });
}

const isDiskProblem = (error: unknown) =>
  ["ENOSPC", "EDQUOT", "EROFS", "EMFILE", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "");

function refuseBad(bad: readonly { name: string; reason: string }[], isAll = false): never {
  const { name, reason } = bad.at(-1)!;
  const found = `${firstFew(bad.map((own) => own.name))}: ${reason}`;
  const fix = `collect again${isAll ? "" : ", or leave some out with --max-bad N"}`;
  return fail("data", { where: name, expected: "images as they were collected", found, fix });
}

/** A name with the ending of its format where it has none of an image. */
function fileName(given: string, extension: string): string {
  const name = isImageName(given) ? given : `${given}${extension}`;
  const reason = isImageName(name) ? unfitFile(name) : "its name does not end as that of an image";
  if (reason !== undefined) throw new Error(reason);
  return name;
}

/** What is linked or copied is looked at afterwards: it is then what was collected, whatever lay there before. */
async function linkOrCopy(from: string, to: string, copy: boolean, hash: string): Promise<"linked" | "copied"> {
  const found = (await digestOf(from, "sha256").catch(sourceProblem)).slice(0, HASH_CHARACTERS);
  if (found !== hash) throw new Error("its content changed since it was collected");
  const linked =
    !copy &&
    (await link(from, to).then(
      () => true,
      () => false,
    ));
  if (!linked) await copyFile(from, to, constants.COPYFILE_EXCL);
  const written = (await digestOf(to, "sha256")).slice(0, HASH_CHARACTERS);
  if (written === hash) return linked ? "linked" : "copied";
  await rm(to, { force: true });
  throw new Error("its content changed as it was written");
}

/** Reads the labels back, before anybody can take them for others. */
async function checkLabels(
  readLabels: () => ReturnType<typeof labelsOfFolder>,
  expected: ReadonlyMap<string, Planned>,
  where: string,
): Promise<void> {
  const problem = (found: string): never =>
    fail("usage", {
      where,
      expected: "class names that an image folder can have",
      found,
      fix: "name the group otherwise, or relabel its images",
    });
  const read = await readLabels().catch((error: MaskconError) => problem(error.failure?.found ?? messageOf(error)));
  if (read.length !== expected.size) problem(`${expected.size} images, of which ${read.length} are read back`);
  for (const { id, coarse, fine } of read) {
    const own = expected.get(id);
    if (own?.coarse !== coarse || own.fine !== fine) {
      problem(`${id}, which is read back as ${JSON.stringify(coarse)}, ${JSON.stringify(fine)}`);
    }
  }
}
