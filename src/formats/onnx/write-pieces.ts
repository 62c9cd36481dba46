import { open } from "node:fs/promises";
import { fail } from "../../core/index.ts";
import { readFully } from "../read-fully.ts";
import { unreadable } from "../regular-file.ts";
import { isBytes, type Piece } from "./message-pieces.ts";

/** In bytes: what is in memory of a file that is copied. */
const CHUNK = 2 ** 20;

/**
 * The bytes of pieces, those of `file` read now.
 * @throws MaskconError "data" where the file cannot be read, or is another size than it was
 */
export async function* bytesOfPieces(pieces: readonly Piece[], file: string, size: number): AsyncGenerator<Uint8Array> {
  const handle = await open(file).catch((error) => unreadable(file, error));
  try {
    const now = (await handle.stat()).size;
    if (now !== size) fail("data", { where: file, expected: `${size} bytes, as before`, found: `${now}` });
    for (const piece of pieces) {
      if (isBytes(piece)) yield piece;
      else {
        for (let at = 0; at < piece.length; at += CHUNK) {
          const bytes = new Uint8Array(Math.min(CHUNK, piece.length - at));
          const offset = piece.offset + at;
          const filled = await readFully(handle, bytes, offset).catch((error) => unreadable(file, error));
          if (filled < bytes.length) {
            fail("data", { where: `${file}, byte ${offset + filled}`, expected: "more bytes", found: "its end" });
          }
          yield bytes;
        }
      }
    }
  } finally {
    await handle.close();
  }
}
