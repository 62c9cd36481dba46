import { createReadStream } from "node:fs";
import { dirname } from "node:path";
import { fail, fsReason, MaskconError, parseJson } from "../core/index.ts";
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
  const text = utf8Text(bytes, path, 0, "config");
  const value = parseJson(text, path, "config");
  await refuseTwice(text, path);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  return fail("config", { where: path, expected: 'a JSON object such as {"epochs": 12}', found: typeName(value) });
}

/** JSON.parse takes the last of two values without a word. */
async function refuseTwice(text: string, where: string): Promise<void> {
  const { parse } = await import("lossless-json");
  const onDuplicateKey = ({ key }: { key: string }) =>
    fail("config", { where, expected: "every setting once", found: `"${key.slice(0, 60)}" twice, with two values` });
  try {
    parse(text.replace(/^\ufeff/, ""), undefined, { onDuplicateKey });
  } catch (error) {
    // It is known to be JSON; what is nested too deeply for this parser is refused as no setting.
    if (error instanceof MaskconError) throw error;
  }
}

/** The bytes of a file, at most one more than the limit. */
async function readBytes(path: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of createReadStream(path, { end: MOST_BYTES })) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const typeName = (value: unknown) =>
  Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`;
