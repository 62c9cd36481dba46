import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { breathing } from "../../core/breath.ts";
import { fail, fsReason, MaskconError } from "../../core/index.ts";
import { regularFile } from "../../formats/index.ts";
import type { Dataset, ImageSource } from "../dataset.ts";
import { eachAtOnce } from "./each-at-once.ts";
import { type ByteRange, type Encoded, encodedAt, placeOf, readSlice } from "./encoded.ts";

/** Bytes of the digest that identifies an image by its content: the first half of a SHA-256. */
export const DIGEST_BYTES = 16;

/** Larger files are not held in memory to be decoded: they are read once more. */
const MAX_HELD = 2 ** 26;

/**
 * The digest of an encoded image, and the image to decode, in memory where it can be: a file is read once for both.
 * @throws MaskconError "image" where it cannot be read
 */
export async function readContent(image: Encoded): Promise<{ digest: Uint8Array; image: Encoded }> {
  try {
    return await (typeof image === "string" ? fileContent(image) : sliceContent(image));
  } catch (error) {
    const found = error instanceof MaskconError ? error.failure.found : fsReason(error);
    return fail("image", { where: placeOf(image), expected: "a readable image", found }, error);
  }
}

async function fileContent(file: string): Promise<{ digest: Uint8Array; image: Encoded }> {
  const { size } = await regularFile(file);
  if (size <= MAX_HELD) return sliceContent({ from: file, offset: 0, length: size });
  const hash = createHash("sha256");
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
  return { digest: hash.digest().subarray(0, DIGEST_BYTES), image: file };
}

async function sliceContent(slice: ByteRange): Promise<{ digest: Uint8Array; image: Encoded }> {
  const { from, offset, length } = slice;
  if (typeof from !== "string") return { digest: shortDigest(new Uint8Array(from, offset, length)), image: slice };
  const bytes = await readSlice(slice);
  const memory = new SharedArrayBuffer(length);
  new Uint8Array(memory).set(bytes);
  return { digest: shortDigest(bytes), image: { from: memory, offset: 0, length } };
}

function shortDigest(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest().subarray(0, DIGEST_BYTES);
}

/** The digests of the images at `places`, in that order, in shared memory. */
export function digestsAt(digests: Uint8Array, places: ArrayLike<number>): Uint8Array {
  const kept = new Uint8Array(new SharedArrayBuffer(DIGEST_BYTES * places.length));
  for (let i = 0; i < places.length; i++) {
    const from = DIGEST_BYTES * places[i]!;
    kept.set(digests.subarray(from, from + DIGEST_BYTES), DIGEST_BYTES * i);
  }
  return kept;
}

/**
 * What identifies each image of a dataset, wherever it lies: [length, DIGEST_BYTES] of its encoded bytes, or of its size and
 * pixels where the set has nothing else.
 * @throws MaskconError "image" where one cannot be read
 */
export async function contentDigests({ source, length }: Dataset, signal?: AbortSignal): Promise<Uint8Array> {
  if (source.kind !== "memory" && source.digests) return source.digests;
  const digests = new Uint8Array(DIGEST_BYTES * length);
  const put = (i: number, digest: Uint8Array) => digests.set(digest, DIGEST_BYTES * i);
  if (source.kind === "files" || source.kind === "slices") {
    const places = Array.from({ length }, (_, i) => i);
    await eachAtOnce(places, signal, async (i) => put(i, (await readContent(encodedAt(source, i))).digest));
    return digests;
  }
  const breath = breathing(signal);
  for (let i = 0; i < length; i++) {
    await breath();
    put(i, pixelsDigest(source, i));
  }
  return digests;
}

type Decoded = Extract<ImageSource, { readonly kind: "memory" | "packed" }>;

function pixelsDigest(source: Decoded, i: number): Uint8Array {
  const packed = source.kind === "packed";
  const width = packed ? source.sizes[2 * i]! : source.width;
  const height = packed ? source.sizes[2 * i + 1]! : source.height;
  const bytes = 3 * width * height;
  const offset = packed ? source.offsets[i]! : bytes * i;
  return shortDigest(`${width} x ${height}\n`, new Uint8Array(source.pixels, offset, bytes));
}
