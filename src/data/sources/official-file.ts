import { readdir, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { fail, MaskconError } from "../../core/index.ts";
import { readBounded } from "./read-file.ts";

/** Reads a file of a published dataset; the failure says where to get it. @throws MaskconError `data` */
export async function readOfficial(file: string, limit: number, fix: string): Promise<Buffer> {
  try {
    return await readBounded(file, limit);
  } catch (error) {
    if (!(error instanceof MaskconError)) throw error;
    const { expected, found } = error.failure;
    return fail("data", { where: file, expected, found, fix }, error);
  }
}

/** The first of `paths` that is there. */
export async function firstThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    if (await stat(path).catch(() => undefined)) return path;
  }
  return undefined;
}

/** Refuses a path in a label file that would leave the folder of the images. */
export function isInside(path: string): boolean {
  return path !== "" && !path.startsWith("/") && !/[\\:\0]/.test(path) && !path.split("/").includes("..");
}

/** How many of the files are there, by listing their folders. */
export async function countThere(files: readonly string[]): Promise<number> {
  const listed = new Map<string, Set<string>>();
  let count = 0;
  for (const file of files) {
    const folder = dirname(file);
    const names = listed.get(folder) ?? new Set(await readdir(folder).catch(() => []));
    listed.set(folder, names);
    if (names.has(basename(file))) count++;
  }
  return count;
}
