import { join } from "node:path";
import { digestOf } from "../../formats/index.ts";
import type { DatasetCheck } from "./dataset-check.ts";
import { NO_CHECKSUM, type Published } from "./published.ts";

/**
 * Looks at each published file: is it there, and is it the published one?
 * @param names what the folder holds
 * @param fixOf what to do where a file is missing or another
 */
export async function checkFiles(
  folder: string,
  names: readonly string[],
  published: Published,
  fixOf: (name: string) => string,
  signal?: AbortSignal,
): Promise<DatasetCheck["files"]> {
  const files = [];
  for (const [name, sums] of Object.entries(published)) {
    const file = join(folder, name);
    const fix = fixOf(name);
    // The fix may give it already.
    const sum = sums[0] && !fix.includes(sums[0]) ? ` (MD5 ${sums[0]})` : "";
    if (!names.includes(name)) files.push({ file, problem: `missing${sum}; ${fix}` });
    else files.push(await checkSum(file, sums, fix, signal));
  }
  return files;
}

async function checkSum(file: string, sums: readonly string[], fix: string, signal: AbortSignal | undefined) {
  if (sums.length === 0) return { file, note: NO_CHECKSUM };
  const found = await digestOf(file, "md5", signal);
  return sums.includes(found)
    ? { file }
    : { file, problem: `expected MD5 ${sums.join(" or ")}, found ${found}; ${fix}` };
}
