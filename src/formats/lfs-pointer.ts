import { readFile } from "node:fs/promises";

const SIGN = "version https://git-lfs.github.com/spec/v1";
/** A pointer has fewer bytes. */
const LIMIT = 1024;

/** Whether a file of `size` bytes is the text that a clone has in place of a file that Git LFS has yet to fetch. */
export async function isLfsPointer(file: string, size: number): Promise<boolean> {
  if (size < SIGN.length || size >= LIMIT) return false;
  // One that cannot be read is reported by whoever reads it.
  const text = await readFile(file, "latin1").catch(() => "");
  return text.startsWith(SIGN);
}
