import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { fail, fsReason } from "../core/index.ts";
import { DIGEST_BYTES, decodeImage } from "../data/index.ts";
import { readFully } from "../formats/index.ts";
import type { Collection } from "./open.ts";
import { hashOf } from "./rows.ts";

/** The picture of a row, made anew from its file. */
export interface OriginalPicture {
  /** Encoded as WebP. */
  readonly webp: Uint8Array;
  /** In pixels, of that. */
  readonly width: number;
  readonly height: number;
  /** The file has other bytes than it had when it was collected. */
  readonly changed: boolean;
}

const LONGEST_SIDE = 1600;
const QUALITY = 85;
/** Larger files are refused unread. */
const MOST_BYTES = 2 ** 26;

/**
 * Opens the original picture of a row, at most 1600 px on its longest side. A collection may name any file, so the file must
 * lie in the folder of its source, links followed; and its bytes never leave: it is decoded, and what it shows is encoded anew.
 * One call takes up to 300 MB while it runs.
 * @throws MaskconError "image" where there is no such file, it lies elsewhere, is too large, or is no picture
 */
export async function openOriginal(collection: Collection, position: number): Promise<OriginalPicture> {
  const file = await placeOfOriginal(collection, position);
  const bytes = await readRegular(file);
  const changed = shortHash(bytes) !== hashOf(collection.rows, position);
  const memory = new SharedArrayBuffer(bytes.length);
  new Uint8Array(memory).set(bytes);
  const pixels = await decodeImage({ from: memory, offset: 0, length: bytes.length }).catch((error) =>
    refuse(file, error.failure?.found ?? fsReason(error), error),
  );
  return { ...(await encoded(pixels)), changed };
}

/** The file of a row, links followed. */
async function placeOfOriginal({ rows, record }: Collection, position: number): Promise<string> {
  const name = rows.files[position];
  if (name === undefined) {
    return refuse(rows.names[position] ?? `row ${position}`, "an image inside an archive or a named dataset");
  }
  const { folder } = record.sources[rows.sources[position]!]!;
  const [inside, file] = await Promise.all([folder, resolve(folder, name)].map(followed));
  const below = relative(inside!, file!);
  if (below === "" || below === ".." || below.startsWith(`..${sep}`) || isAbsolute(below)) {
    refuse(name, `a file outside of ${folder}`);
  }
  return file!;
}

const followed = (path: string): Promise<string> =>
  // The name of a file may hold what no path can.
  realpath(path).catch((error) => refuse(path, fsReason(error), error));

/** The bytes of a regular file that is no link by now. */
async function readRegular(file: string): Promise<Buffer> {
  // Opening a pipe would wait for its writer.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open(file, flags).catch((error) => refuse(file, fsReason(error), error));
  try {
    return await bytesOf(handle, file);
  } finally {
    await handle.close();
  }
}

async function bytesOf(handle: FileHandle, file: string): Promise<Buffer> {
  const info = await handle.stat();
  if (!info.isFile()) refuse(file, info.isDirectory() ? "a folder" : "no regular file");
  if (info.size > MOST_BYTES) refuse(file, `${info.size} bytes, more than ${MOST_BYTES}`);
  const bytes = Buffer.alloc(info.size);
  return bytes.subarray(0, await readFully(handle, bytes, 0));
}

const shortHash = (bytes: Buffer): string =>
  createHash("sha256")
    .update(bytes)
    .digest("hex")
    .slice(0, 2 * DIGEST_BYTES);

async function encoded({ data, width, height }: { data: Uint8Array; width: number; height: number }) {
  const { default: sharp } = await import("sharp");
  const size = { width: LONGEST_SIDE, height: LONGEST_SIDE, fit: "inside", withoutEnlargement: true } as const;
  const image = sharp(data, { raw: { width, height, channels: 3 } }).resize(size);
  const { data: webp, info } = await image.webp({ quality: QUALITY }).toBuffer({ resolveWithObject: true });
  return { webp, width: info.width, height: info.height };
}

function refuse(where: string, found: string, cause?: unknown): never {
  return fail("image", { where, expected: "the file of an image of the collection", found }, cause);
}
