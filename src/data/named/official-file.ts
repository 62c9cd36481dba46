import { readdir, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { fail, MaskconError } from "../../core/index.ts";

/** Does `work` on files of a published dataset; a failure of theirs ends with `fix`, which says where to get them. */
export async function withFix<T>(fix: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MaskconError)) throw error;
    const own = error.failure.fix;
    return fail(error.code, { ...error.failure, fix: own === undefined ? fix : `${own}; ${fix}` }, error);
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

/** Which of the files are not there, by listing their folders. */
export async function absentFiles(files: readonly string[]): Promise<string[]> {
  const listed = new Map<string, Set<string>>();
  const absent: string[] = [];
  for (const file of files) {
    const folder = dirname(file);
    const names = listed.get(folder) ?? new Set(await readdir(folder).catch(() => []));
    listed.set(folder, names);
    if (!names.has(basename(file))) absent.push(file);
  }
  return absent;
}
