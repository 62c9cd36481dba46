import { createHash } from "node:crypto";
import { canonicalName } from "../core/index.ts";
import { contentDigests, type Dataset, DIGEST_BYTES, type LoadedData } from "../data/index.ts";

/** int32 words of a row that identify the content of an image. */
export const CONTENT_WORDS = DIGEST_BYTES / 4;
/** Of an image with its labels: its content, 2 words of the coarse and 2 of the fine label. */
export const ROW_WORDS = CONTENT_WORDS + 4;

/** What identifies the images of a run and their labels, in their order: [length, ROW_WORDS] of each split. */
export interface ImageList {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * Lists the images of loaded data, by their content and the names of their classes.
 * @throws MaskconError "image" where one has to be read for it and cannot be
 */
export async function listImages({ train, test }: LoadedData, signal?: AbortSignal): Promise<ImageList> {
  return { train: await rows(train, signal), test: test ? await rows(test, signal) : new Int32Array(0) };
}

async function rows(dataset: Dataset, signal: AbortSignal | undefined): Promise<Int32Array> {
  const { length, coarse, coarseClasses, fine, fineClasses = [] } = dataset;
  const contents = await contentDigests(dataset, signal);
  const list = new Int32Array(ROW_WORDS * length);
  const bytes = new Uint8Array(list.buffer);
  const [coarseDigests, fineDigests] = [coarseClasses.map(labelDigest), fineClasses.map(labelDigest)];
  for (let i = 0; i < length; i++) {
    const at = 4 * ROW_WORDS * i;
    bytes.set(contents.subarray(DIGEST_BYTES * i, DIGEST_BYTES * (i + 1)), at);
    // An image without a label has zeros there.
    bytes.set(coarseDigests[coarse[i]!] ?? [], at + DIGEST_BYTES);
    bytes.set((fine && fineDigests[fine[i]!]) ?? [], at + DIGEST_BYTES + 8);
  }
  return list;
}

/** 8 bytes that identify a class by its name. */
const labelDigest = (name: string): Uint8Array =>
  createHash("sha256").update(canonicalName(name)).digest().subarray(0, 8);

/** SHA-256 of the whole list, in hex. */
export function listDigest({ train, test }: ImageList): string {
  const hash = createHash("sha256").update(`${train.length} ${test.length}\n`);
  for (const { buffer, byteOffset, byteLength } of [train, test]) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}
