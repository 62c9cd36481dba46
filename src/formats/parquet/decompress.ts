import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { snappyUncompressor } from "hysnappy";
import type { ZSTDDecoder } from "zstddec";
import { type CompressionCodec, readVarInt } from "./hyparquet.ts";
import { decodeLz4, decodeLz4Raw } from "./lz4.ts";
import { worded } from "./reason.ts";

/** Pages of more bytes are refused. */
export const MAX_PAGE = 2 ** 29;

type Decompressor = (input: Uint8Array, length: number) => Uint8Array;

/** The page's length is the limit of what each may make, and of its work, whatever the bytes say. */
const decompressors: Partial<Record<CompressionCodec, Decompressor>> = {
  UNCOMPRESSED: (input) => input,
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  ZSTD: decodeZstd,
  SNAPPY: decodeSnappy,
  LZ4: decodeLz4,
  LZ4_RAW: decodeLz4Raw,
};

/** The best that the codecs do on real data, with much to spare; only small pages may claim more. */
const MAX_RATIO = 2000;
const SMALL = 2 ** 24;

/** Throws a plain Error where `length` is absurd for the bytes at hand. */
export function checkSizes(compressed: number, length: number): void {
  const most = Math.max(compressed, length);
  if (Math.min(compressed, length) < 0 || most > MAX_PAGE || (length > SMALL && length > MAX_RATIO * compressed)) {
    throw new Error(`a page of ${length} bytes in ${compressed}`);
  }
}

let zstd: ZSTDDecoder | undefined;

/** To be awaited before pages of a codec are decompressed: Zstandard is WebAssembly, compiled for the first that needs it. */
export async function prepare(codec: CompressionCodec): Promise<void> {
  if (codec !== "ZSTD" || zstd) return;
  const { ZSTDDecoder } = await import("zstddec");
  const decoder = new ZSTDDecoder();
  await decoder.init();
  zstd = decoder;
}

/** A page's `length` bytes, in an ArrayBuffer of their own. Throws a plain Error where there are others. */
export function decompress(input: Uint8Array, length: number, codec: CompressionCodec): Uint8Array {
  const work = decompressors[codec];
  if (!work) throw new Error(`a compression that is not read: ${worded(codec)}`);
  const page = input.length === 0 && length === 0 ? input : work(input, length);
  if (page.length !== length) throw new Error(`${page.length} bytes in place of ${length}`);
  return page.length === page.buffer.byteLength ? page : Uint8Array.from(page);
}

/** At length 0 the decoder would believe the length that the frame claims. Where it fails it gives no bytes. */
function decodeZstd(input: Uint8Array, length: number): Uint8Array {
  const page = zstd!.decode(input, Math.max(1, length));
  if (page.length === 0 && length > 0) throw new Error(`no Zstandard frames of ${length} bytes`);
  return page;
}

const uncompressSnappy = snappyUncompressor();

/** The decoder makes what the data themselves claim, and would fill up a longer page from its memory. */
function decodeSnappy(input: Uint8Array, length: number): Uint8Array {
  const claimed = readVarInt({ view: new DataView(input.buffer, input.byteOffset, input.byteLength), offset: 0 });
  if (claimed !== length) throw new Error(`${claimed} bytes in place of ${length}`);
  return uncompressSnappy(input, length);
}
