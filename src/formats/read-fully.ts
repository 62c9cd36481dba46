import type { FileHandle } from "node:fs/promises";

/** Linux reads no more at once. */
const MOST = 2 ** 30;

/**
 * Fills `bytes` from byte `position` of a file on. One read may give fewer bytes than it is asked for.
 * @returns how many bytes there were: fewer than `bytes` has where the file ends before
 */
export async function readFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  for (let filled = 0; filled < bytes.length; ) {
    const length = Math.min(bytes.length - filled, MOST);
    const { bytesRead } = await handle.read(bytes, filled, length, position + filled);
    if (bytesRead === 0) return filled;
    filled += bytesRead;
  }
  return bytes.length;
}
