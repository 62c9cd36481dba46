import { readFile, stat } from "node:fs/promises";
import { fail } from "../../core/index.ts";
import { fsReason } from "../fs-reason.ts";

/** Reads a whole file whose size is bounded. @throws MaskconError `data` when it is missing or larger than `limit` bytes */
export async function readBounded(file: string, limit: number): Promise<Buffer> {
  try {
    const info = await stat(file);
    // A pipe or a device might never end.
    if (!info.isFile() && !info.isDirectory()) throw new Error("a pipe or a device");
    if (info.size <= limit) return await readFile(file);
    fail("data", { where: file, expected: `at most ${limit} bytes`, found: `${info.size} bytes` });
  } catch (error) {
    if ((error as { failure?: unknown }).failure) throw error;
    fail("data", { where: file, expected: "a readable file", found: fsReason(error) }, error);
  }
}

/** Reads a UTF-8 text file whose size is bounded. @throws MaskconError `data` */
export async function readText(file: string, limit: number): Promise<string> {
  const bytes = await readBounded(file, limit);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    fail("data", { where: file, expected: "text in UTF-8", found: "other bytes", fix: "save it as UTF-8" }, error);
  }
}
