import { type ErrorCode, fail } from "../core/index.ts";
import { binaryFormat, isUtf16 } from "./file-format.ts";

/**
 * Text of bytes; a byte order mark stays in it.
 * @param place where the bytes lie, for messages: a file, or a part of one
 * @param from the offset of `bytes` in the file
 * @param code that of the error
 * @throws MaskconError "data" where bytes are not UTF-8, with the first of them or the format of a binary file; or the `code` given
 */
export function utf8Text(bytes: Uint8Array, place: string, from = 0, code: ErrorCode = "data"): string {
  const expected = "text in UTF-8";
  const binary = binaryFormat(bytes);
  if (binary) fail(code, { where: `${place}, byte ${from + binary.at}`, expected, found: binary.what });
  const fix = "save it as UTF-8";
  // Without a mark it would pass for text with the character NUL in it.
  if (isUtf16(bytes)) fail(code, { where: `${place}, byte ${from}`, expected, found: "text in UTF-16", fix });
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    const where = `${place}, byte ${from + wrongByte(bytes)}`;
    return fail(code, { where, expected, found: "other bytes", fix }, error);
  }
}

/** Where the first bytes that are not UTF-8 begin. */
function wrongByte(bytes: Uint8Array): number {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  let at = 0;
  for (let from = 0; ; from++) {
    const replaced = text.indexOf("\ufffd", from);
    if (replaced < 0) return at;
    at += Buffer.byteLength(text.slice(from, replaced));
    // The character may be the text's own.
    if (bytes[at] !== 0xef || bytes[at + 1] !== 0xbf || bytes[at + 2] !== 0xbd) return at;
    at += 3;
    from = replaced;
  }
}
