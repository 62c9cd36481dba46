import { fail } from "../core/index.ts";

/**
 * Text of bytes; a byte order mark stays in it.
 * @param place where the bytes lie, for messages: a file, or a part of one
 * @param from the offset of `bytes` in the file
 * @throws MaskconError `data` naming the first byte that is not UTF-8
 */
export function utf8Text(bytes: Uint8Array, place: string, from = 0): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    const where = `${place}, byte ${from + wrongByte(bytes)}`;
    return fail("data", { where, expected: "text in UTF-8", found: "other bytes", fix: "save it as UTF-8" }, error);
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
