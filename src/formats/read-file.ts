import { readFile } from "node:fs/promises";
import { fail } from "../core/index.ts";
import { regularFile, unreadable } from "./regular-file.ts";
import { utf8Text } from "./utf8.ts";

/**
 * Reads a whole file whose size is bounded.
 * @throws MaskconError "data" where it is missing or larger than `limit` bytes
 */
export async function readBounded(file: string, limit: number): Promise<Buffer> {
  const { size } = await regularFile(file);
  if (size > limit) fail("data", { where: file, expected: `at most ${limit} bytes`, found: `${size} bytes` });
  return readFile(file).catch((error) => unreadable(file, error));
}

/**
 * Reads a UTF-8 text file whose size is bounded.
 * @throws MaskconError "data" where it cannot be read, is larger than `limit` bytes, or is no such text
 */
export async function readText(file: string, limit: number): Promise<string> {
  return utf8Text(await readBounded(file, limit), file);
}
