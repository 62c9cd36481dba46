export const BLOCK = 512;

export interface TarHeader {
  readonly name: string;
  /** Bytes of content, which is padded to whole blocks. */
  readonly size: number;
  /** One character: "0" is a file, "x" and "g" say more about members that follow, "L" names the next one. */
  readonly type: string;
}

/**
 * Reads one block of a tar (ustar, pax or GNU) as a member's header; undefined where the block is empty, which ends the tar.
 * Throws a plain Error where it is no header.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html (ustar interchange format)
 */
export function parseTarHeader(block: Uint8Array): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const digits = text(block, 148, 8).trim();
  if (!/^[0-7]+$/.test(digits) || Number.parseInt(digits, 8) !== checksum(block))
    throw new Error("no header of a tar member (its checksum is wrong)");
  const size = number(block, 124, 12);
  const name = text(block, 0, 100);
  // GNU's own format has other things where ustar has the front of a long name.
  const prefix = text(block, 257, 8) === "ustar" ? text(block, 345, 155) : "";
  const type = String.fromCharCode(block[156]! || 0x30);
  return { name: prefix ? `${prefix}/${name}` : name, size, type };
}

/** The sum of all bytes, with those of the field itself as blanks. */
function checksum(block: Uint8Array): number {
  return block.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 0x20 : byte), 0);
}

function text(block: Uint8Array, from: number, length: number): string {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** Octal digits, or GNU's binary where the first bit is set. */
function number(block: Uint8Array, from: number, length: number): number {
  if (block[from]! & 0x80) {
    const field = block.subarray(from + 1, from + length);
    const value = field.reduce((sum, byte) => sum * 256 + byte, block[from]! & 0x3f);
    if (block[from]! & 0x40 || value > Number.MAX_SAFE_INTEGER) throw new Error("a size beyond all files");
    return value;
  }
  const digits = text(block, from, length).trim();
  if (!/^[0-7]*$/.test(digits)) throw new Error(`no header of a tar member (${JSON.stringify(digits)} is no number)`);
  return digits === "" ? 0 : Number.parseInt(digits, 8);
}

/** The records of a pax header (`length key=value`, a line each). Throws a plain Error where they are damaged. */
export function parsePax(content: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < content.length; ) {
    const blank = content.indexOf(0x20, at);
    const length = Number(new TextDecoder().decode(content.subarray(at, blank < 0 ? at : Math.min(blank, at + 10))));
    const end = at + length;
    if (
      !Number.isInteger(length) ||
      blank < 0 ||
      end <= blank + 1 ||
      end > content.length ||
      content[end - 1] !== 0x0a
    ) {
      throw new Error("a damaged pax record");
    }
    const record = new TextDecoder().decode(content.subarray(blank + 1, end - 1));
    const equals = record.indexOf("=");
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1));
    at = end;
  }
  return records;
}
