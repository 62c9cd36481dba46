import { open } from "node:fs/promises";
import { readFully } from "../../formats/index.ts";
import type { ImageSource } from "../dataset.ts";

/** Part of a file, or of memory, that holds one encoded image. */
export interface ByteRange {
  readonly from: string | SharedArrayBuffer;
  /** In bytes. */
  readonly offset: number;
  readonly length: number;
}

/** One encoded image: a file of its own, or a part of something larger. */
export type Encoded = string | ByteRange;

/** Longer images are refused unread. */
const MAX_ENCODED = 2 ** 28;

/** Image `index` of a source whose images are decoded at every access. */
export function encodedAt(source: Extract<ImageSource, { readonly kind: "files" | "slices" }>, index: number): Encoded {
  if (source.kind === "files") return source.files[index]!;
  const { parts, part, offsets, lengths } = source;
  return { from: parts[part[index]!]!, offset: offsets[index]!, length: lengths[index]! };
}

/** Where an image lies, for messages. */
export function placeOf(image: Encoded): string {
  if (typeof image === "string") return image;
  return `${typeof image.from === "string" ? image.from : "image in memory"}, byte ${image.offset}`;
}

/** The bytes of a slice, as a copy of their own. Throws a plain Error with the reason. */
export async function readSlice({ from, offset, length }: ByteRange): Promise<Buffer> {
  if (length > MAX_ENCODED) throw new Error(`it has ${length} bytes, and the limit is ${MAX_ENCODED}`);
  if (length === 0) throw new Error("it is empty: 0 bytes");
  if (typeof from !== "string") return Buffer.from(new Uint8Array(from, offset, length));
  const file = await open(from);
  try {
    const bytes = Buffer.allocUnsafe(length);
    const filled = await readFully(file, bytes, offset);
    if (filled < length) throw new Error(`the file ends after ${filled} of its ${length} bytes`);
    return bytes;
  } finally {
    await file.close();
  }
}
