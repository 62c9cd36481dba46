import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { fail, fsReason } from "../core/index.ts";

/**
 * Looks at a file before it is opened: opening a pipe or a device may never end.
 * @throws MaskconError `data` where it is missing or no regular file
 */
export async function regularFile(file: string): Promise<Stats> {
  const info = await stat(file).catch((error) => unreadable(file, error));
  if (info.isFile()) return info;
  return fail("data", {
    where: file,
    expected: "a readable file",
    found: info.isDirectory() ? "a folder" : "a pipe or a device",
  });
}

export function unreadable(file: string, error: unknown): never {
  fail("data", { where: file, expected: "a readable file", found: fsReason(error) }, error);
}
