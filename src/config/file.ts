import { createReadStream } from "node:fs";
import { dirname } from "node:path";
import { fail, fsReason, parseJson } from "../core/index.ts";
import { fileFormat, refuseUrlAs, utf8Text } from "../formats/index.ts";

/** A larger file is no configuration. Reading stops here: a file may have no end. */
const MOST_BYTES = 16 << 20;

/**
 * Reads a JSON configuration file.
 * @throws MaskconError "config" where the file is missing, larger than 16 MiB, not JSON or not an object.
 */
export async function readConfigFile(path: string): Promise<Record<string, unknown>> {
  let bytes: Buffer;
  try {
    bytes = await readBytes(path);
  } catch (error) {
    refuseUrlAs("file", path, "config");
    return fail("config", { where: path, expected: "a readable configuration file", found: fsReason(error) }, error);
  }
  if (bytes.length > MOST_BYTES) fail("config", { where: path, expected: "at most 16 MiB of settings", found: "more" });
  if (fileFormat(bytes)?.name === "pointer") {
    const fix = `run \`git lfs pull\` in ${dirname(path)}`;
    fail("config", { where: path, expected: "the file itself", found: "a Git LFS pointer", fix });
  }
  const value = parseJson(utf8Text(bytes, path, 0, "config"), path, "config");
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  return fail("config", { where: path, expected: 'a JSON object such as {"epochs": 12}', found: typeName(value) });
}

/** The bytes of a file, at most one more than the limit. */
async function readBytes(path: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of createReadStream(path, { end: MOST_BYTES })) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const typeName = (value: unknown) =>
  Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`;
