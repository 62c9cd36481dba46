import { join } from "node:path";
import type { DatasetCheck } from "../sources/check.ts";
import type { Published } from "../sources/published.ts";
import { digestOf } from "./digest.ts";

/**
 * Looks at each published file: is it there, and is it the published one?
 * @param names what the folder holds
 * @param source where a missing file is to be had
 */
export async function checkFiles(
  folder: string,
  names: readonly string[],
  published: Published,
  source: string,
  signal?: AbortSignal,
): Promise<DatasetCheck["files"]> {
  const files = [];
  for (const [name, sums] of Object.entries(published)) {
    const file = join(folder, name);
    if (!names.includes(name)) {
      const sum = sums[0] ? ` (MD5 ${sums[0]})` : "";
      files.push({ file, problem: `missing${sum}; ${source}` });
      continue;
    }
    const found = sums.length > 0 ? await digestOf(file, "md5", signal) : undefined;
    const wrong = found !== undefined && !sums.includes(found);
    files.push(wrong ? { file, problem: `expected MD5 ${sums.join(" or ")}, found ${found}; ${source}` } : { file });
  }
  return files;
}
