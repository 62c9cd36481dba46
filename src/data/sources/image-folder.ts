import { basename, join } from "node:path";
import { fail } from "../../core/index.ts";
import type { LabelledFile } from "./labelled.ts";
import { readableFormats, walk } from "./walk.ts";

/**
 * The labelled images of a folder: sub-folder = coarse class, a folder inside it = fine class (everywhere or nowhere), called
 * by its path below the coarse class where it lies deeper. Top folders `train` and `test`, where both are there, are the splits.
 */
export async function readImageFolder(root: string, signal?: AbortSignal): Promise<LabelledFile[]> {
  const found = await walk(root, signal);
  if (found.length === 0) {
    fail("data", {
      where: root,
      expected: `sub-folders with ${readableFormats} images, one for each coarse class`,
      found: "no image",
    });
  }
  const tops = new Set(found.map(({ path }) => path.split("/")[0]!));
  const splits = tops.has("train") && tops.has("test");
  const extra = splits ? [...tops].find((name) => name !== "train" && name !== "test") : undefined;
  if (extra) {
    fail("data", {
      where: root,
      expected: "only the folders train and test, or only classes",
      found: `"${extra}" beside train and test`,
      fix: "move it elsewhere",
    });
  }
  const files = found.map(({ path, problem }) => ({ ...labelsOf(root, path, splits), problem }));
  return nameFineClasses(root, files);
}

function labelsOf(root: string, path: string, splits: boolean): LabelledFile {
  const folders = path.split("/").slice(0, -1);
  const split = splits ? (folders.shift() as "train" | "test") : undefined;
  const [coarse, ...below] = folders;
  if (coarse === undefined) {
    fail("data", {
      where: join(root, path),
      expected: "an image inside the folder of its coarse class",
      found: "one outside every class",
      fix: "move it into a class's folder",
    });
  }
  const fine = below.length > 0 ? below.join("/") : undefined;
  return { file: join(root, path), id: path, coarse, fine, split };
}

/** All fine or none; a fine folder's name counts within its coarse class, so equal names in two classes are told apart. */
function nameFineClasses(root: string, files: LabelledFile[]): LabelledFile[] {
  const without = files.find(({ fine }) => fine === undefined);
  const withFine = files.find(({ fine }) => fine !== undefined);
  if (!withFine) return files;
  if (without) {
    fail("data", {
      where: root,
      expected: "a folder of a fine class for every image, or for none",
      found: `${basename(withFine.id)} in one (${withFine.id}) and ${without.id} in none`,
    });
  }
  const owners = new Map<string, Set<string>>();
  for (const { coarse, fine } of files) owners.set(fine!, (owners.get(fine!) ?? new Set()).add(coarse));
  return files.map((file) =>
    owners.get(file.fine!)!.size > 1 ? { ...file, fine: `${file.coarse}/${file.fine}` } : file,
  );
}
