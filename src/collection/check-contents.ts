import { fail } from "../core/index.ts";
import { digestOf } from "../formats/index.ts";

/**
 * Reads a file and compares it with its checksum.
 * @param sha256 in hex
 * @param said where that stands, for messages
 * @throws MaskconError "data" where they differ, or the file is not there
 */
export async function checkContents(file: string, sha256: string, said: string): Promise<void> {
  const found = await digestOf(file, "sha256");
  if (found === sha256) return;
  const expected = `contents with SHA-256 ${sha256.slice(0, 16)}…, as ${said} says`;
  const fix = "put the file back, or collect anew into another folder";
  fail("data", { where: file, expected, found: `${found.slice(0, 16)}…: the file is damaged`, fix });
}
