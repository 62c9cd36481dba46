import { readFile, stat } from "node:fs/promises";
import { fail } from "../../core/index.ts";
import { fsReason } from "../fs-reason.ts";

/** Reads a whole file whose size is bounded. @throws MaskconError `data` when it is missing or larger than `limit` bytes */
export async function readBounded(file: string, limit: number): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size <= limit) return await readFile(file);
    fail("data", { where: file, expected: `at most ${limit} bytes`, found: `${size} bytes` });
  } catch (error) {
    if ((error as { failure?: unknown }).failure) throw error;
    fail("data", { where: file, expected: "a readable file", found: fsReason(error) }, error);
  }
}
