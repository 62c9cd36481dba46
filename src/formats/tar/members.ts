import { fail, messageOf } from "../../core/index.ts";
import type { ByteRanges } from "../byte-ranges.ts";
import { BLOCK, parsePax, parseTarHeader, type TarHeader } from "./tar-header.ts";

/** Headers of small members lie close together: read a few at once. */
const WINDOW = 8 * BLOCK;
/** Of names and pax records. */
const MAX_EXTRA = 2 ** 20;
/** Padding is looked through in parts of this size. */
const CHUNK = 2 ** 20;

/** A file inside a tar. */
export interface Member {
  readonly name: string;
  /** Of its first byte. */
  readonly offset: number;
  readonly size: number;
  /** It stands for another member or a file elsewhere, and has no bytes of its own. */
  readonly isLink: boolean;
}

/**
 * The files and links of a tar and where their bytes lie. Only headers are read, and what follows its end.
 * @throws MaskconError "data" where a header is damaged, a member reaches beyond the file's end, or the tar has
 * no end or goes on after it
 */
export async function* membersOf(ranges: ByteRanges): AsyncGenerator<Member> {
  const blockAt = windowed(ranges);
  let extra: { name?: string | undefined; size?: number | undefined } = {};
  for (let at = 0; at < ranges.size; ) {
    const header = await headerAt(ranges, blockAt, at);
    if (!header) return checkPadding(ranges, at + BLOCK);
    const regular = header.type === "0" || header.type === "7";
    const size = regular ? (extra.size ?? header.size) : header.size;
    const offset = at + BLOCK;
    if (size > ranges.size - offset) {
      const where = `${ranges.file}, byte ${offset}`;
      const found = `${ranges.size - offset} before the file ends`;
      fail("data", { where, expected: `${size} bytes of ${extra.name ?? header.name}`, found, fix: "fetch it again" });
    }
    if (header.type === "x" || header.type === "L") extra = { ...extra, ...(await extraOf(ranges, header, offset)) };
    else if (header.type !== "g" && header.type !== "K") {
      const isLink = header.type === "1" || header.type === "2";
      if (regular || isLink) yield { name: extra.name ?? header.name, offset, size, isLink };
      extra = {};
    }
    at = offset + Math.ceil(size / BLOCK) * BLOCK;
  }
  // Cut between two members, it would pass for whole.
  const where = `${ranges.file}, byte ${ranges.size}`;
  const expected = "the two zero blocks that end an archive";
  fail("data", { where, expected, found: "the end of the file", fix: "fetch it again" });
}

/** One zero block is enough to end a tar; a header that was overwritten with zeros must not do so. */
async function checkPadding({ file, size, read }: ByteRanges, from: number): Promise<void> {
  for (let at = from; at < size; at += CHUNK) {
    const chunk = await read(at, Math.min(CHUNK, size - at));
    const other = chunk.findIndex((byte) => byte !== 0);
    if (other < 0) continue;
    fail("data", {
      where: `${file}, byte ${at + other - (other % BLOCK)}`,
      expected: `zeros alone after the zero block at byte ${from - BLOCK}, which ends an archive`,
      found: "other bytes",
      fix: "it is perhaps several archives in one: unpack it with tar -i, and pack it again",
    });
  }
}

/** Reads single blocks through a window that moves along. */
function windowed({ size, read }: ByteRanges): (at: number) => Promise<Uint8Array> {
  let window = new Uint8Array(0);
  let start = 0;
  return async (at) => {
    if (at < start || at + BLOCK > start + window.length) {
      window = new Uint8Array(await read(at, Math.min(WINDOW, size - at)));
      start = at;
    }
    return window.subarray(at - start, at - start + BLOCK);
  };
}

async function headerAt(
  { file }: ByteRanges,
  blockAt: (at: number) => Promise<Uint8Array>,
  at: number,
): Promise<TarHeader | undefined> {
  const where = `${file}, byte ${at}`;
  const block = await blockAt(at);
  if (at === 0 && block[0] === 0x1f && block[1] === 0x8b) {
    const fix = "decompress it first (gunzip): single images cannot be read from a compressed one";
    fail("data", { where, expected: "a tar file", found: "a gzip file", fix });
  }
  if (at === 0 && block[0] === 0x50 && block[1] === 0x4b && block[2] === 3 && block[3] === 4) {
    fail("data", { where, expected: "a tar file", found: "a zip archive", fix: "unpack it, and pack it as a tar" });
  }
  if (block.length < BLOCK) {
    const found = `${block.length} before the file ends`;
    fail("data", { where, expected: "a header of 512 bytes", found, fix: "fetch it again" });
  }
  try {
    return parseTarHeader(block);
  } catch (error) {
    return fail("data", { where, expected: "a tar file", found: messageOf(error) }, error);
  }
}

/** What a member of type "x" or "L" says about the next one. */
async function extraOf(ranges: ByteRanges, { type, size }: TarHeader, offset: number) {
  const where = `${ranges.file}, byte ${offset}`;
  if (size > MAX_EXTRA) fail("data", { where, expected: `at most ${MAX_EXTRA} bytes of records`, found: String(size) });
  const content = await ranges.read(offset, size);
  if (type === "L") return { name: new TextDecoder().decode(content).replace(/\0.*$/s, "") };
  try {
    const records = parsePax(content);
    const length = records.get("size");
    const name = records.get("path");
    if (length !== undefined && !/^\d{1,15}$/.test(length)) throw new Error(`a size of ${length.slice(0, 20)}`);
    return {
      ...(name === undefined ? {} : { name }),
      ...(length === undefined ? {} : { size: Number(length) }),
    };
  } catch (error) {
    return fail("data", { where, expected: "pax records", found: messageOf(error) }, error);
  }
}
