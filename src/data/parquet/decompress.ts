import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { CompressionCodec } from "hyparquet";
import { compressors, decompressZstd } from "hyparquet-compressors";

/** Pages of more bytes are refused. */
export const MAX_PAGE = 2 ** 29;

type Decompressor = (input: Uint8Array, length: number) => Uint8Array;

/** The page's length is the limit of what each may make, whatever the bytes say. */
const decompressors: Partial<Record<CompressionCodec, Decompressor>> = {
  UNCOMPRESSED: (input) => input,
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
  SNAPPY: compressors.SNAPPY!,
  LZ4: compressors.LZ4!,
  LZ4_RAW: compressors.LZ4_RAW!,
};

/** The best that the codecs do on real data, with much to spare; only small pages may claim more. */
const MAX_RATIO = 2000;
const SMALL = 2 ** 24;

/** Throws a plain Error where `length` is absurd for the bytes at hand. */
export function checkSizes(compressed: number, length: number): void {
  if (compressed < 0 || length < 0 || length > MAX_PAGE || (length > SMALL && length > MAX_RATIO * compressed)) {
    throw new Error(`a page of ${length} bytes in ${compressed}`);
  }
}

/** A page's `length` bytes, in an ArrayBuffer of their own. Throws a plain Error where there are others. */
export function decompress(input: Uint8Array, length: number, codec: CompressionCodec): Uint8Array {
  const work = decompressors[codec];
  if (!work) throw new Error(`the compression ${codec}, which is not read`);
  const page = input.length === 0 && length === 0 ? input : work(input, length);
  if (page.length !== length) throw new Error(`${page.length} bytes in place of ${length}`);
  return page.length === page.buffer.byteLength ? page : Uint8Array.from(page);
}
