import { basename, join } from "node:path";
import { fail, firstFew } from "../../core/index.ts";
import { READABLE_FORMATS } from "../images/image-names.ts";
import type { LabelledFile } from "./labelled.ts";
import { type SplitRole, splitCalled, splitRoles, splitsAmong } from "./split-names.ts";
import type { FoundFile } from "./walk.ts";

/**
 * The labelled images of a folder: sub-folder = coarse class, a folder inside it = fine class (everywhere or nowhere), called
 * by its path below the coarse class where it lies deeper. Top folders called `train` and `test` or `validation` are the
 * splits; beside a test split, the validation split is left out. `train` alone, with images in folders, is a split too.
 * @param found what `walk` finds in it
 */
export function readImageFolder(root: string, found: readonly FoundFile[]): LabelledFile[] {
  if (found.length === 0) {
    fail("data", {
      where: root,
      expected: `sub-folders with ${READABLE_FORMATS} images, one for each coarse class`,
      found: "no image",
    });
  }
  const splits = splitsOf(root, found);
  const kept = found.filter((file) => splits?.get(topOf(file)) !== "aside");
  const files = kept.flatMap(({ path, problem }) => {
    const labels = labelsOf(root, path, splits);
    return labels ? [{ ...labels, problem }] : [];
  });
  if (!splits) refuseSplitsAsClasses(root, files);
  const placed = new Set(files.map(({ id }) => id));
  const misplaced = [
    outsideClasses(kept.map(({ path }) => path).filter((path) => !placed.has(path))),
    outsideFine(files),
  ];
  refuseMisplaced(
    root,
    misplaced.filter((problem) => problem !== undefined),
  );
  return files;
}

/** Folders like `train_images` and `eval`, or splits inside of classes, would be learnt as classes. */
function refuseSplitsAsClasses(root: string, files: readonly LabelledFile[]): void {
  const coarse = splitsAmong(new Set(files.map(({ coarse }) => coarse)));
  if (coarse) {
    const found = `"${coarse[0]}" and "${coarse[1]}"`;
    fail("data", { where: root, expected: "folders of classes", found, fix: "call the splits train and test" });
  }
  const fine = splitsAmong(new Set(files.map(({ fine }) => fine?.split("/")[0] ?? "")));
  if (!fine) return;
  const found = `"${fine[0]}" and "${fine[1]}" inside of classes`;
  const fix = "move the splits above the classes: train/CLASS and test/CLASS";
  fail("data", { where: root, expected: "folders of fine classes", found, fix });
}

type Splits = ReadonlyMap<string, SplitRole>;

/** The top folders that images lie in. */
export const topFolders = (found: readonly FoundFile[]): Set<string> =>
  new Set(found.filter(({ path }) => path.includes("/")).map(topOf));

const topOf = ({ path }: FoundFile): string => path.split("/")[0]!;

/** Whether all images lie in one folder called as the training split, and there in folders: these are the classes. */
export function isTrainAlone(found: readonly FoundFile[]): boolean {
  const [top = "", other] = new Set(found.map(topOf));
  const inFolders = found.some(({ path }) => path.split("/").length > 2);
  return other === undefined && splitCalled(top) === "train" && inFolders;
}

/** What each top folder is, if they are splits: as everywhere, validation is the test split where there is no other. */
function splitsOf(root: string, found: readonly FoundFile[]): Splits | undefined {
  const tops = new Set(found.map(topOf));
  if (isTrainAlone(found)) return new Map([...tops].map((top) => [top, "train"]));
  const called = new Map([...tops].map((top) => [top, splitCalled(top)]));
  const kinds = new Set(called.values());
  if (!kinds.has("train") || !(kinds.has("test") || kinds.has("validation"))) return undefined;
  const extra = [...tops].filter((top) => called.get(top) === undefined);
  if (extra.length > 0) {
    const names = [...tops].filter((top) => called.get(top)).join(" and ");
    fail("data", {
      where: root,
      expected: `only the folders ${names}, or only classes`,
      found: `${firstFew(extra.map((top) => `"${top}"`))} beside ${names}`,
      fix: extra.length === 1 ? "move it elsewhere" : "move them elsewhere",
    });
  }
  const roleOf = splitRoles(kinds);
  return new Map([...called].map(([top, kind]) => [top, roleOf(kind!)]));
}

/** Undefined for an image outside every class. */
function labelsOf(root: string, path: string, splits: Splits | undefined): LabelledFile | undefined {
  const folders = path.split("/").slice(0, -1);
  // Those aside were left out.
  const split = splits?.get(folders[0]!) as LabelledFile["split"];
  const [coarse, ...below] = splits ? folders.slice(1) : folders;
  if (coarse === undefined) return undefined;
  const fine = below.length > 0 ? below.join("/") : undefined;
  return { file: join(root, path), id: path, coarse, fine, split };
}

interface Misplaced {
  readonly expected: string;
  readonly found: string;
  readonly fix: string;
}

/** @param paths of images that lie in no class */
function outsideClasses(paths: readonly string[]): Misplaced | undefined {
  if (paths.length === 0) return undefined;
  return {
    expected: "every image inside the folder of its coarse class",
    found: `${firstFew(paths)} outside every class`,
    fix: "move each into a class's folder, or give a CSV that lists files and their labels",
  };
}

/** All fine or none. */
function outsideFine(files: readonly LabelledFile[]): Misplaced | undefined {
  const bare = files.filter(({ fine }) => fine === undefined).map(({ id }) => id);
  const withFine = files.find(({ fine }) => fine !== undefined);
  if (bare.length === 0 || !withFine) return undefined;
  return {
    expected: "a folder of a fine class for every image, or for none",
    found: `${basename(withFine.id)} in one (${withFine.id}) and ${firstFew(bare)} in none`,
    fix: "move each into the folder of its fine class, or out of the images",
  };
}

/** All that is known at once: whoever mends one thing should not meet the next. */
function refuseMisplaced(root: string, problems: readonly Misplaced[]): void {
  if (problems.length === 0) return;
  const all = (key: keyof Misplaced) => problems.map((problem) => problem[key]).join("; and ");
  fail("data", { where: root, expected: all("expected"), found: all("found"), fix: all("fix") });
}
