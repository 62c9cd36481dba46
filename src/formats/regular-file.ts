import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { fail, fsReason } from "../core/index.ts";
import { isLfsPointer } from "./lfs-pointer.ts";
import { refuseUrlAs } from "./url.ts";

/**
 * Looks at a file before it is opened: opening a pipe or a device may never end.
 * @throws MaskconError "data" where it is missing, no regular file, or a Git LFS pointer in place of one
 */
export async function regularFile(file: string): Promise<Stats> {
  const info = await stat(file).catch((error) => unreadable(file, error));
  if (!info.isFile()) {
    const found = info.isDirectory() ? "a folder" : "a pipe or a device";
    fail("data", { where: file, expected: "a readable file", found });
  }
  if (await isLfsPointer(file, info.size)) {
    const fix = `run \`git lfs pull\` in ${dirname(file)}`;
    fail("data", { where: `${file}, byte 0`, expected: "the file itself", found: "a Git LFS pointer", fix });
  }
  return info;
}

/** @throws MaskconError "data" where a file could not be read, with the reason: it is a URL, or what the file system says */
export function unreadable(file: string, error: unknown): never {
  refuseUrlAs("file", file);
  fail("data", { where: file, expected: "a readable file", found: fsReason(error) }, error);
}
