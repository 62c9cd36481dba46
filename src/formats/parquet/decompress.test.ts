import { brotliCompressSync, gzipSync } from "node:zlib";
import * as fc from "fast-check";
import type { CompressionCodec } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { png, put } from "../../../test/data-samples.ts";
import { type Mutation, mutate, mutations } from "../../../test/mutations.ts";
import { survivesDamage } from "../../../test/refusals.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { readParquet } from "../../data/collections/parquet-set/read-parquet.ts";
import { createSpool } from "../../data/images/spool.ts";
import { readImage } from "../../data/loader/read-image.ts";
import { openData } from "../../data/open.ts";
import { checkSizes, decompress, prepare } from "./decompress.ts";

/** What the fixtures were made of. */
const text = Buffer.from(
  `${Array.from({ length: 30 }, (_, i) => `${i}: class ${(i * i) % 97} of ${(i * 7919) % 1009}\n`).join("")}${"ab".repeat(150)}`,
);

const be32 = (...values: number[]) =>
  Buffer.concat(
    values.map((value) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes;
    }),
  );

/** A frame of one block that is not compressed. */
function zstdOf(bytes: Uint8Array): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(bytes.length, 5);
  header.writeUIntLE(bytes.length * 8 + 1, 9, 3);
  return Buffer.concat([header, bytes]);
}

/** A block of literals alone. */
function lz4RawOf(bytes: Uint8Array): Buffer {
  if (bytes.length < 15) return Buffer.from([bytes.length << 4, ...bytes]);
  const rest = bytes.length - 15;
  const full = Buffer.alloc(Math.floor(rest / 255), 255);
  return Buffer.concat([Buffer.from([0xf0]), full, Buffer.from([rest % 255]), bytes]);
}

const frame = (bytes: Uint8Array) => {
  const block = lz4RawOf(bytes);
  return Buffer.concat([be32(bytes.length, block.length), block]);
};

/** Hadoop's frames, two of them. */
function lz4Of(bytes: Uint8Array): Buffer {
  const half = bytes.length >> 1;
  return Buffer.concat([frame(bytes.subarray(0, half)), frame(bytes.subarray(half))]);
}

const compressors: Partial<Record<CompressionCodec, (input: Uint8Array) => Uint8Array>> = {
  GZIP: (input) => gzipSync(input),
  BROTLI: (input) => brotliCompressSync(input),
  ZSTD: zstdOf,
  LZ4: lz4Of,
  LZ4_RAW: lz4RawOf,
};
const codecs = ["UNCOMPRESSED", "SNAPPY", "GZIP", "BROTLI", "ZSTD", "LZ4", "LZ4_RAW"] as const;

async function sample(codec: CompressionCodec): Promise<Uint8Array> {
  const image = await Promise.all(Array.from({ length: 6 }, (_, i) => png(10 * i)));
  const label = image.map((_, i) => (i % 2 === 0 ? "cat" : "dog"));
  const columnData = [
    { name: "image", data: image, type: "BYTE_ARRAY" as const },
    { name: "label", data: label, type: "STRING" as const },
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData, codec, compressors, pageSize: 300 }));
}

/** `zstd -19`: a block with Huffman codes, whose own weights are compressed, and sequences. */
const zstd = Buffer.from(
  "KLUv/WBuAu0FAIIOIBOwF4oNACDA5kPNXtm9aafUncjpAQMtaOjMUpmZ78WUafMjs7V8zJP0blbnFzOK6GyKTaYm1blhhht1pZRFrCR/rsqrMVFpqcqUY+aX" +
    "Z5eUttZdjsjd0uwSZU+1469Oxvrdiz0S4u/xsE6oZ8ycUKJu0ljLEAYKhBAGg4FAQACIO6gRcHQBoXzvgM8YERAG/f7//xsnbULBGKghS7IkSVIVdSNxgQAE" +
    "OmYeogAZgYwYGUqFo4IpOJCsAg==",
  "base64",
);
/** The block of `lz4 -12`, which ends in a match that reaches into itself, and literals. */
const lz4Raw = Buffer.from(
  "9AIwOiBjbGFzcyAwIG9mIDAKMRAAEDEQAFQ4NTYKMhIAEDQSAFQ3MDMKMxIAEDkSAFU1NTAKNDYAEDYTAFQzOTcKNRMAIDI1EwBUMjQ0CjYTABEzJgBFOTEK" +
    "N1wAETkSAEQ0Nwo4EwASNnAARDk0CjkTABE4lQBlNjQxCjEwTAAAEwBlNDg4CjExcgARNIUARjM1CjG9ABA3FABVMTgyCjG/ACE3MpoARTkKMTQ7AAH2AFU4" +
    "NQoxNWEAETGIAFUzMgoxNpwAETL6AFU3OQoxNw0BETWKAFUyNgoxODwAETNiAFU3MwoxOXYAETCKAFUyMAoyMDcBETL/AEU3NgoyxgAhNTOMAFUyMwoyMmQA" +
    "ETYBAVU3MAoyM9oAETSMAFUxNwoyNCgAETECAVU2NAoyNSgAAowAVTExCjI2KAACPABFOAoyN3cAEjCcAUU0CjI4eAEBAgFVNjEKMjkCARE1igBfMDgKYWIC" +
    "AP8TUGJhYmFi",
  "base64",
);

const packed: readonly [CompressionCodec, Uint8Array][] = [
  ["GZIP", gzipSync(text)],
  ["BROTLI", brotliCompressSync(text)],
  ["SNAPPY", snappyOf(text)],
  ["ZSTD", zstd],
  ["ZSTD", zstdOf(text)],
  ["LZ4_RAW", lz4Raw],
  ["LZ4", lz4Raw],
  ["LZ4", Buffer.concat([be32(text.length, lz4Raw.length), lz4Raw])],
  ["LZ4", lz4Of(text)],
];

/** Literals, and a match of 60 bytes that reaches into itself. */
function snappyOf(bytes: Uint8Array): Buffer {
  const literals = bytes.subarray(0, bytes.length - 60);
  const lengths = [(bytes.length & 127) | 128, bytes.length >> 7, 61 << 2];
  const literal = [(literals.length - 1) & 255, (literals.length - 1) >> 8];
  return Buffer.concat([Buffer.from([...lengths, ...literal]), literals, Buffer.from([2 | (59 << 2), 2, 0])]);
}

async function undone(codec: CompressionCodec, bytes: Uint8Array, length: number): Promise<Buffer> {
  await prepare(codec);
  return Buffer.from(decompress(bytes, length, codec));
}

/** How bytes that could keep a decoder busy are refused. */
async function quickRefusal(codec: CompressionCodec, bytes: Uint8Array, length: number): Promise<string> {
  await prepare(codec);
  const start = performance.now();
  const refusal = await undone(codec, bytes, length).then(
    () => "it was read",
    (error: Error) => error.message,
  );
  expect(performance.now() - start).toBeLessThan(1000);
  expect(refusal).not.toBe("it was read");
  return refusal;
}

describe("pages", () => {
  it.each(codecs)("in %s are read, and survive damage", async (codec) => {
    const folder = temporaryFolder();
    const bytes = await sample(codec);
    const file = put(folder, "a.parquet", bytes);
    const { train } = await openData(file, { testFraction: 0 });
    expect(Array.from(train.coarse, (label) => train.coarseClasses[label])).toEqual(
      Array(3).fill(["cat", "dog"]).flat(),
    );
    for (const i of train.coarse.keys()) expect((await readImage(train, i)).data[0]).toBe(10 * i);
    const footer = bytes.length - 8 - new DataView(bytes.buffer).getUint32(bytes.length - 8, true);
    const read = async (damaged: Uint8Array) => {
      put(folder, "a.parquet", damaged);
      const spool = createSpool(2 ** 26);
      const shard = { file, name: "a.parquet", split: undefined, aside: false };
      await readParquet(shard, spool, { labels: true }).finally(() => spool.dispose());
    };
    await survivesDamage(bytes, file, read, { part: [4, footer], runs: 100 });
  });

  it("are what their codec's own tool packed, and of their length alone", async () => {
    for (const [codec, bytes] of packed) {
      expect([codec, await undone(codec, bytes, text.length)]).toEqual([codec, text]);
      for (const length of [1, text.length - 1, text.length + 1]) {
        await expect(undone(codec, bytes, length), `${codec}, ${length} bytes`).rejects.toThrow(Error);
      }
      await expect(undone(codec, bytes.subarray(0, bytes.length - 1), text.length), codec).rejects.toThrow(Error);
    }
  });

  it("may be empty", async () => {
    const empty = Buffer.alloc(0);
    for (const codec of codecs) expect(await undone(codec, empty, 0)).toEqual(empty);
    for (const codec of ["GZIP", "BROTLI", "ZSTD", "LZ4", "LZ4_RAW"] as const) {
      expect(await undone(codec, compressors[codec]!(empty), 0), codec).toEqual(empty);
    }
    expect(await undone("SNAPPY", Buffer.from([0]), 0)).toEqual(empty);
  });

  it("that are damaged give their length, or an error", async () => {
    await prepare("ZSTD");
    await fc.assert(
      fc.property(fc.constantFrom(...packed), mutations, ([codec, bytes], list) => {
        let page: Uint8Array | undefined;
        try {
          page = decompress(mutate(bytes, list as Mutation[]), text.length, codec);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
        if (page) expect(page).toHaveLength(text.length);
      }),
      { numRuns: 3000 },
    );
    for (const [codec, bytes] of packed) expect(await undone(codec, bytes, text.length)).toEqual(text);
  });
});

describe("pages made to keep a decoder busy are refused at once", () => {
  it("Zstandard: weights whose table takes no bits", async () => {
    // One symbol has the whole table, so that each step reads nothing, and the bits never end.
    const weights = [6, 0xf0, 0x03, 0, 0, 0, 1];
    const block = Buffer.from([0, 0, 0, ...weights, 1, 1, 1, 0]);
    // Literals in one stream: 20 bytes from 10.
    block.writeUIntLE(2 | (20 << 4) | (10 << 14), 0, 3);
    const bytes = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 20, 0, 0, 0, ...block]);
    bytes.writeUIntLE((block.length << 3) | (2 << 1) | 1, 6, 3);
    expect(await quickRefusal("ZSTD", bytes, 20)).toBe("no Zstandard frames of 20 bytes");
  });

  it("Zstandard: blocks of one byte again and again, and a frame that claims 2^62 bytes", async () => {
    const run = Buffer.from([2, 0, 0, 7]);
    run.writeUIntLE(((2 ** 17) << 3) | 2, 0, 3);
    const frame = [0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x40];
    const bytes = Buffer.concat([Buffer.from(frame), ...Array(2 ** 16).fill(run)]);
    for (const length of [1, 100]) await quickRefusal("ZSTD", bytes, length);
    expect(await undone("ZSTD", bytes, 0)).toHaveLength(0);
  });

  it("LZ4: a run whose length never ends", async () => {
    const bytes = Buffer.alloc(2 ** 22, 0xff);
    expect(await quickRefusal("LZ4_RAW", bytes, 100)).toBe("a block that ends early");
    expect(await quickRefusal("LZ4", bytes, 100)).toBe("a block that ends early");
    bytes.fill(0, bytes.length - 9);
    expect(await quickRefusal("LZ4_RAW", bytes, 100)).toMatch(/^a run of \d{10} bytes beyond its block$/);
    // The same as a match, after one literal.
    const match = Buffer.concat([Buffer.from([0x1f, 7, 1, 0]), bytes]);
    expect(await quickRefusal("LZ4_RAW", match, 100)).toMatch(/^a run of \d{10} bytes beyond its block$/);
  });

  it("LZ4: matches from nowhere, frames that promise what is not there", async () => {
    expect(await quickRefusal("LZ4_RAW", Buffer.from([0x10, 7, 0, 0]), 5)).toBe("a match 0 bytes back, of 1");
    expect(await quickRefusal("LZ4_RAW", Buffer.from([0x10, 7, 2, 0]), 5)).toBe("a match 2 bytes back, of 1");
    // Of two frames, one may not reach into the other.
    const second = Buffer.concat([be32(4, 3), Buffer.from([0, 1, 0])]);
    expect(await quickRefusal("LZ4", Buffer.concat([frame(text), second]), text.length + 4)).toContain(
      "1 bytes back, of 0",
    );
    await quickRefusal("LZ4", be32(0xffffffff, 0xffffffff, 1, 1), 100);
    await quickRefusal("LZ4", Buffer.alloc(2 ** 22), 100);
    await quickRefusal("LZ4", Buffer.concat([be32(50, 0), frame(text.subarray(0, 50))]), 100);
  });

  it("Snappy: a length of its own", async () => {
    await undone("SNAPPY", snappyOf(text), text.length);
    expect(await quickRefusal("SNAPPY", Buffer.from([2, 1 << 2, 7, 7]), 100)).toBe("2 bytes in place of 100");
    await quickRefusal("SNAPPY", Buffer.alloc(2 ** 20, 0xff), 100);
    await quickRefusal("SNAPPY", Buffer.from([100, 63 << 2, 0xfa, 0xff, 0xff, 0xff, 0, 0, 0]), 100);
  });

  it("gzip and Brotli: more than the page has", async () => {
    const bomb = Buffer.alloc(2 ** 22);
    await quickRefusal("GZIP", gzipSync(bomb), 100);
    await quickRefusal("BROTLI", brotliCompressSync(bomb), 100);
  });

  it("any: sizes beyond what is read", () => {
    for (const [compressed, length] of [
      [2 ** 29 + 1, 1],
      [2 ** 29, 2 ** 29 + 1],
      [100, 2 ** 25],
      [-1, 1],
      [1, -1],
    ] as const) {
      expect(() => checkSizes(compressed, length)).toThrow(`a page of ${length} bytes in ${compressed}`);
    }
    checkSizes(2 ** 29, 2 ** 29);
  });
});
