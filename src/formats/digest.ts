import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { regularFile, unreadable } from "./regular-file.ts";

/**
 * A file's digest in hex, read a piece at a time.
 * @throws MaskconError "data" where it cannot be read
 */
export async function digestOf(file: string, kind: "md5" | "sha256", signal?: AbortSignal): Promise<string> {
  await regularFile(file);
  const hash = createHash(kind);
  try {
    await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash, { ...(signal ? { signal } : {}) });
  } catch (error) {
    signal?.throwIfAborted();
    unreadable(file, error);
  }
  return hash.digest("hex");
}
