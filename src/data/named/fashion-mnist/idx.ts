import { createHash } from "node:crypto";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { fail, messageOf } from "../../../core/index.ts";
import { readBounded } from "../../../formats/index.ts";
import { withFix } from "../official-file.ts";
import { fashionFix, fileNames } from "./fashion-mnist-files.ts";

export const IDX_SIDE = 28;
export const IDX_IMAGE = IDX_SIDE * IDX_SIDE;

/** Content of an idx file of bytes. */
export interface Idx {
  readonly file: string;
  /** Of the whole file, unpacked. */
  readonly md5: string;
  /** Without the header. */
  readonly items: Uint8Array;
}

interface Kind {
  readonly magic: number;
  /** In bytes, as is an item. */
  readonly header: number;
  readonly item: number;
  readonly what: string;
}

export const idxImages: Kind = { magic: 0x803, header: 16, item: IDX_IMAGE, what: "28 x 28 images" };
export const idxLabels: Kind = { magic: 0x801, header: 8, item: 1, what: "labels" };

/** The training set's count; it also bounds what a compressed file may unpack to. */
const MAX_COUNT = 60_000;

/**
 * Reads an idx file of bytes, compressed or not.
 * @param names what the folder holds
 * @throws MaskconError "data" where it is missing, of another kind, or of another length than its header says
 */
export async function readIdx(folder: string, names: readonly string[], name: string, kind: Kind): Promise<Idx> {
  const found = fileNames(name).find((other) => names.includes(other)) ?? `${name}.gz`;
  const file = join(folder, found);
  const { header, item } = kind;
  const limit = header + MAX_COUNT * item;
  return withFix(fashionFix(found), async () => {
    const raw = await readBounded(file, limit);
    const bytes = found.endsWith(".gz") ? unpack(raw, limit, file) : raw;
    const fault = idxFault(bytes, kind);
    if (fault !== undefined) {
      const expected = `an idx file of ${kind.what}`;
      fail("data", { where: file, expected, found: found.endsWith(".gz") ? `${fault} of what it unpacks to` : fault });
    }
    return { file, md5: createHash("md5").update(bytes).digest("hex"), items: bytes.subarray(header) };
  });
}

/** What is wrong with the header or the length of an idx file; undefined: nothing. */
function idxFault(bytes: Uint8Array, { magic, header, item }: Kind): string | undefined {
  if (bytes.length < header) return `the end at byte ${bytes.length}`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== magic) return "another kind of file at byte 0";
  const count = view.getUint32(4);
  if (count < 1) return "no item at byte 4";
  for (let at = 8; at < header; at += 4) {
    if (view.getUint32(at) !== IDX_SIDE) return `a side of ${view.getUint32(at)} at byte ${at}`;
  }
  const end = header + count * item;
  return bytes.length === end ? undefined : `the end at byte ${bytes.length}, not ${end}`;
}

function unpack(bytes: Uint8Array, maxOutputLength: number, file: string): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength });
  } catch (error) {
    const where = `${file}, bytes 0 to ${bytes.length}`;
    return fail(
      "data",
      { where, expected: `gzip of at most ${maxOutputLength} bytes`, found: messageOf(error) },
      error,
    );
  }
}
