import { createHash } from "node:crypto";
import { relative } from "node:path";
import { firstFew, MaskconError } from "../../core/index.ts";
import { readBounded } from "../../formats/index.ts";
import type { DatasetCheck } from "./dataset-check.ts";

/** The check of a folder whose labels cannot be read: one file with its problem. Other errors are thrown on. */
export function failedCheck(folder: string, error: unknown): DatasetCheck {
  if (!(error instanceof MaskconError)) throw error;
  const { where = folder, expected, found, fix } = error.failure;
  return {
    files: [{ file: where, problem: `expected ${expected}, found ${found}${fix ? `; ${fix}` : ""}` }],
    facts: [],
  };
}

/**
 * The check of `files`, of which one cannot be read: its problem is said in its own line, if it has none yet. Other errors are
 * thrown on.
 */
export function withFailure(folder: string, files: DatasetCheck["files"], error: unknown): DatasetCheck {
  const failed = failedCheck(folder, error).files[0]!;
  const isIn = (file: string) => failed.file === file || [",", ":"].some((end) => failed.file.startsWith(file + end));
  if (!files.some(({ file }) => isIn(file))) return { files: [...files, failed], facts: [] };
  const marked = files.map((entry) => {
    if (entry.problem !== undefined || !isIn(entry.file)) return entry;
    const place = failed.file.slice(entry.file.length).replace(/^[,:] /, "");
    return { file: entry.file, problem: place ? `${place}: ${failed.problem}` : failed.problem! };
  });
  return { files: marked, facts: [] };
}

/** A file by its MD5. `fix`: where the right one is to be had. */
export async function checkMd5(
  file: string,
  limit: number,
  expected: string,
  fix: string,
): Promise<DatasetCheck["files"][number]> {
  const found = createHash("md5")
    .update(await readBounded(file, limit))
    .digest("hex");
  return found === expected ? { file } : { file, problem: `expected MD5 ${expected}, found ${found}; ${fix}` };
}

/** A line for the images of `folder` that are not there, with the first of them; none where all are. */
export function checkImages(
  folder: string,
  absent: readonly string[],
  total: number,
  fix: string,
): DatasetCheck["files"] {
  if (absent.length === 0) return [];
  const first = absent.slice(0, 3).map((file) => relative(folder, file));
  const named = firstFew(first, { total: absent.length });
  return [{ file: folder, problem: `${absent.length} of ${total} images missing: ${named}; ${fix}` }];
}
