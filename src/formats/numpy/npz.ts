import type { Readable } from "node:stream";
import * as zlib from "node:zlib";
import type * as yauzl from "yauzl";
import { fail, fsReason, MaskconError, messageOf } from "../../core/index.ts";
import { regularFile } from "../regular-file.ts";
import { NPY_HEADER_LIMIT, type NpyHeader, npyHeader } from "./npy-header.ts";

/** Deflate never does better: a zip that claims more lies. */
const DEFLATE_RATIO = 1032;
/** `numpy.savez` writes a member an array; the official files have three. */
const MAX_MEMBERS = 16;
/** Bytes at a zip's end in which the end of its directory is looked for: a record of 22, and a comment. */
const MAX_END = 22 + 0xffff;

/** An open .npz: a zip of .npy arrays, stored or deflated. */
export interface Npz {
  /** The header of an array, checked against the zip's sizes: no byte of the array is read. */
  header(name: string, itemBytes: (descr: string) => number | undefined): Promise<NpyHeader>;
  /** The array's bytes after its header, in chunks; fails at the end if the checksum is wrong. */
  values(name: string, header: NpyHeader): AsyncGenerator<Uint8Array>;
  close(): void;
}

/** @throws MaskconError "data" where it is damaged, with the file, the array and its offset */
export async function openNpz(file: string): Promise<Npz> {
  let zip: yauzl.ZipFile | undefined;
  let where = file;
  try {
    const { size } = await regularFile(file);
    where = `${file}, bytes ${Math.max(0, size - MAX_END)} to ${size}`;
    const { openPromise } = await import("yauzl");
    zip = await openPromise(file, { autoClose: false, lazyEntries: true });
    return reader(file, zip, await membersOf(file, zip));
  } catch (error) {
    zip?.close();
    if (error instanceof MaskconError) throw error;
    const found = (error as NodeJS.ErrnoException).code?.startsWith("E") ? fsReason(error) : messageOf(error);
    return fail("data", { where, expected: "a .npz file", found }, error);
  }
}

type Members = ReadonlyMap<string, yauzl.Entry>;

async function membersOf(file: string, zip: yauzl.ZipFile): Promise<Members> {
  if (zip.entryCount > MAX_MEMBERS) {
    const where = `${file}, entry ${MAX_MEMBERS}`;
    fail("data", { where, expected: `at most ${MAX_MEMBERS} arrays`, found: String(zip.entryCount) });
  }
  const members = new Map<string, yauzl.Entry>();
  const where = () => `${file}, entry ${members.size}`;
  try {
    for await (const entry of zip.eachEntry()) {
      if (members.has(entry.fileName)) {
        fail("data", { where: where(), expected: "arrays of different names", found: `two ${entry.fileName}` });
      }
      members.set(entry.fileName, entry);
    }
  } catch (error) {
    if (error instanceof MaskconError) throw error;
    fail("data", { where: where(), expected: "a .npz file", found: messageOf(error) }, error);
  }
  return members;
}

function reader(file: string, zip: yauzl.ZipFile, members: Members): Npz {
  const open = (name: string) => {
    const entry = members.get(`${name}.npy`);
    if (!entry) {
      const found = [...members.keys()].join(", ") || "nothing";
      return fail("data", { where: `${file}, entry ${name}.npy`, expected: `an array "${name}"`, found });
    }
    return { entry, where: `${file}: ${name}.npy at byte ${entry.relativeOffsetOfLocalHeader}` };
  };
  return {
    async header(name, itemBytes) {
      const { entry, where } = open(name);
      const limit = entry.compressionMethod === 0 ? entry.compressedSize : entry.compressedSize * DEFLATE_RATIO + 64;
      if (entry.isEncrypted() || entry.uncompressedSize > limit) {
        const found = entry.isEncrypted() ? "encryption" : `${entry.uncompressedSize} from ${entry.compressedSize}`;
        fail("data", { where, expected: "a size that its compressed bytes can have", found });
      }
      const header = npyHeader(await head(zip, entry, where), where);
      const size = itemBytes(header.descr);
      const bytes = header.start + header.shape.reduce((product, n) => product * n, size ?? 1);
      if (size === undefined || bytes !== entry.uncompressedSize) {
        const found = `type ${header.descr}, shape (${header.shape.join(", ")}) in ${entry.uncompressedSize} bytes`;
        fail("data", { where, expected: "an array whose type and shape fit its size", found });
      }
      return header;
    },
    async *values(name, { start }) {
      const { entry, where } = open(name);
      let at = 0;
      let sum = 0;
      for await (const chunk of streamOf(zip, entry, where)) {
        // Before Node 20.15 there is none: a damaged pixel then goes unseen.
        sum = zlib.crc32?.(chunk, sum) ?? entry.crc32;
        const skipped = Math.min(chunk.length, Math.max(0, start - at));
        at += chunk.length;
        if (skipped < chunk.length) yield chunk.subarray(skipped);
      }
      if (sum !== entry.crc32) {
        fail("data", { where, expected: "the checksum the zip gives (CRC-32)", found: "another: the file is damaged" });
      }
    },
    close: () => zip.close(),
  };
}

async function head(zip: yauzl.ZipFile, entry: yauzl.Entry, where: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of streamOf(zip, entry, where)) {
    parts.push(chunk.subarray(0, NPY_HEADER_LIMIT - length));
    length += parts.at(-1)!.length;
    if (length >= NPY_HEADER_LIMIT) break;
  }
  return Buffer.concat(parts);
}

async function* streamOf(zip: yauzl.ZipFile, entry: yauzl.Entry, where: string): AsyncGenerator<Buffer> {
  let stream: Readable | undefined;
  try {
    stream = await zip.openReadStreamPromise(entry);
    yield* stream as AsyncIterable<Buffer>;
  } catch (error) {
    if (error instanceof MaskconError) throw error;
    fail("data", { where, expected: "a whole array", found: messageOf(error) }, error);
  } finally {
    stream?.destroy();
  }
}
