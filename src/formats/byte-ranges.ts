import { type FileHandle, open } from "node:fs/promises";
import { fail } from "../core/index.ts";
import { readFully } from "./read-fully.ts";
import { regularFile, unreadable } from "./regular-file.ts";

/** A file read here and there. */
export interface ByteRanges {
  readonly file: string;
  /** In bytes. */
  readonly size: number;
  /**
   * `length` bytes from `offset` on, in memory of their own.
   * @throws MaskconError "data" where the file ends before
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/**
 * Opens a file for `work`, and closes it afterwards.
 * @throws MaskconError "data" where it cannot be read
 */
export async function withRanges<T>(file: string, work: (ranges: ByteRanges) => Promise<T>): Promise<T> {
  const { size } = await regularFile(file);
  const handle = await open(file).catch((error) => unreadable(file, error));
  try {
    const read = (offset: number, length: number) => readRange(file, handle, offset, length);
    return await work({ file, size, read });
  } finally {
    await handle.close();
  }
}

async function readRange(file: string, handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const filled = await readFully(handle, bytes, offset).catch((error) => unreadable(file, error));
  if (filled < length) {
    const where = `${file}, byte ${offset + filled}`;
    fail("data", { where, expected: `${length - filled} more bytes`, found: "the end of the file" });
  }
  return bytes;
}
