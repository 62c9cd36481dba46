import * as fc from "fast-check";
import { type ColumnMetaData, parquetMetadata, type SchemaElement } from "hyparquet";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { put } from "../../../../test/data-samples.ts";
import { type Mutation, mutate, mutations } from "../../../../test/mutations.ts";
import { withFooter } from "../../../../test/parquet-samples.ts";
import { refusalOf } from "../../../../test/refusals.ts";
import { temporaryFolder } from "../../../../test/temporary-folder.ts";
import { decodeHybrid } from "../../../formats/parquet/hybrid.ts";
import { decodeValues } from "../../../formats/parquet/values.ts";
import { createSpool } from "../../images/spool.ts";
import { readParquet } from "./read-parquet.ts";

const ROWS = 40;

function sample(codec: "UNCOMPRESSED" | "SNAPPY", encoding: Partial<ColumnSource> = {}): Uint8Array {
  const image = Array.from({ length: ROWS }, (_, i) => new Uint8Array(20 + i).fill(i));
  const label = Array.from({ length: ROWS }, (_, i) => `class ${i % 3}`);
  const columnData: ColumnSource[] = [
    { name: "image", data: image, type: "BYTE_ARRAY" },
    { name: "label", data: label, type: "STRING", ...encoding },
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData, codec, rowGroupSize: 25, pageSize: 300 }));
}

const samples = [
  sample("UNCOMPRESSED"),
  sample("SNAPPY"),
  sample("UNCOMPRESSED", { encoding: "DELTA_BYTE_ARRAY" }),
  sample("UNCOMPRESSED", { encoding: "DELTA_LENGTH_BYTE_ARRAY" }),
];

const footerOf = (bytes: Uint8Array) =>
  bytes.length - 8 - new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 8, true);

const folder = () => temporaryFolder();

/** What the reader makes of bytes: how many rows, or its refusal. Anything else it may throw fails the test. */
async function outcome(at: string, bytes: Uint8Array): Promise<number | string> {
  const file = put(at, "a.parquet", bytes);
  const spool = createSpool(2 ** 26);
  try {
    const shard = { file, name: "a.parquet", split: undefined, aside: false };
    let rows = -1;
    const refusal = await refusalOf(async () => {
      rows = (await readParquet(shard, spool, { labels: true })).files.length;
    }, file);
    return refusal ?? rows;
  } finally {
    await spool.dispose();
  }
}

describe("damaged Parquet files", () => {
  it("are whole to begin with", async () => {
    for (const bytes of samples) expect(await outcome(folder(), bytes)).toBe(ROWS);
  });

  it("are refused with their name and place, in bounded time and memory, and nothing else is thrown", async () => {
    const at = folder();
    const before = process.memoryUsage().rss;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...samples), mutations, async (bytes, list) => {
        if (typeof (await outcome(at, mutate(bytes, list as Mutation[]))) === "string") refused++;
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(50);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 29);
  });

  it("are refused where the footer is damaged", async () => {
    const at = folder();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...samples), mutations, async (bytes, list) => {
        const footer = footerOf(bytes);
        const tail = bytes.subarray(bytes.length - 8);
        const body = mutate(bytes.subarray(0, bytes.length - 8), list as Mutation[], footer);
        await outcome(at, Buffer.concat([body, tail]));
      }),
      { numRuns: 300 },
    );
  });

  it("are refused where they promise absurd sizes", async () => {
    const at = folder();
    const [bytes] = samples as [Uint8Array];
    const length = Uint8Array.from(bytes);
    new DataView(length.buffer).setUint32(bytes.length - 8, 0xffffffff, true);
    expect(await outcome(at, length)).toMatch(
      /byte \d+: expected the length of a footer that fits the file, found 4294967295/,
    );
    expect(await outcome(at, bytes.subarray(0, bytes.length - 9))).toContain(
      "which ends in PAR1, found another ending",
    );
    expect(await outcome(at, new Uint8Array(3))).toContain("found 3 bytes");
    // A list of two billion columns; a struct that nests without end; a number without end.
    for (const footer of [
      [0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07],
      Array(5000).fill(0x1c),
      Array(5000)
        .fill(0x16)
        .map((b, i) => (i ? 0xff : b)),
    ]) {
      const hostile = Buffer.from([...Buffer.from("PAR1"), ...footer, 0, 0, 0, 0, ...Buffer.from("PAR1")]);
      hostile.writeUInt32LE(footer.length, hostile.length - 8);
      expect(await outcome(at, hostile)).toMatch(
        /a\.parquet, byte 4: expected the footer of a Parquet file, found damage/,
      );
    }
  });
});

describe("numbers that stand for nothing", () => {
  const unknown = "a number that is not known";

  it("are told in words where they are in the footer", async () => {
    const [bytes] = samples as [Uint8Array];
    const changed = (change: (column: ColumnMetaData) => object, group: object = {}) =>
      outcome(
        folder(),
        withFooter(bytes, (metadata) => {
          const [first, ...others] = metadata.row_groups;
          const columns = first!.columns.map((column) => ({
            ...column,
            meta_data: { ...column.meta_data!, ...change(column.meta_data!) },
          }));
          return { ...metadata, row_groups: [{ ...first!, columns, ...group }, ...others] };
        }),
      );
    const same = () => ({});
    expect(await changed(same, { num_rows: "abc" })).toMatch(`found 40 rows, and ${unknown} in its groups`);
    expect(await changed(() => ({ codec: "none" }))).toMatch(`(a compression that is not read: ${unknown})`);
    expect(await changed(() => ({ num_values: "abc" }))).toMatch(`found ${unknown} of BYTE_ARRAY`);
    expect(await changed(() => ({ data_page_offset: "abc" }))).toMatch(`found ${unknown} to ${unknown}`);
    const nameless = withFooter(bytes, (metadata) => ({
      ...metadata,
      schema: metadata.schema.map((element) => ({ ...element, name: undefined as never })),
      row_groups: [],
      num_rows: 0n,
    }));
    expect(await outcome(folder(), nameless)).toMatch("found damage (a column without a name)");
  });

  it("are told in words where they are in a page", () => {
    expect(() =>
      decodeValues({ bytes: new Uint8Array(9), encoding: undefined as never, type: "INT32", count: 1 }, undefined),
    ).toThrow(`an encoding that is not read: ${unknown}`);
  });
});

describe("damaged pages", () => {
  it("never make more values than asked for, nor anything but a plain error", async () => {
    const encodings = [
      "PLAIN",
      "RLE_DICTIONARY",
      "DELTA_BINARY_PACKED",
      "DELTA_LENGTH_BYTE_ARRAY",
      "DELTA_BYTE_ARRAY",
    ] as const;
    await fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.constantFrom(...encodings),
        fc.constantFrom("INT32" as const, "INT64" as const, "BYTE_ARRAY" as const),
        fc.integer({ min: 0, max: 100 }),
        (bytes, encoding, type, count) => {
          try {
            expect(decodeValues({ bytes: Uint8Array.from(bytes), encoding, type, count }, [1, 2, 3])).toHaveLength(
              count,
            );
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
            if ((error as Error).name === "AssertionError") throw error;
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("of runs end where they say, or are refused", () => {
    // A run of 5 sevens, then eight packed numbers of three bits: 0 to 7 (the format's own example).
    const bytes = Uint8Array.of(5 << 1, 7, 3, 0b10001000, 0b11000110, 0b11111010);
    expect([...decodeHybrid(bytes, 3, 13)]).toEqual([7, 7, 7, 7, 7, 0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...decodeHybrid(bytes, 3, 4)]).toEqual([7, 7, 7, 7]);
    expect(() => decodeHybrid(bytes, 3, 14)).toThrow("end early");
    expect([...decodeHybrid(Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 0x0f, 9), 8, 2)]).toEqual([9, 9]);
    expect(() => decodeHybrid(new Uint8Array(9).fill(0xff), 8, 2)).toThrow("end early");
    expect(() => decodeHybrid(bytes, 33, 1)).toThrow("33 bits");
  });

  it("of deltas stand still nowhere", () => {
    // Blocks of no values, of a negative number of them, of parts that do not divide them.
    for (const head of [
      [0, 1],
      [0xff, 0xff, 0xff, 0xff, 0x0f, 4],
      [0x80, 1, 3],
      [0x80, 1, 0],
    ]) {
      const bytes = Uint8Array.from([...head, 4, 0, ...Array(40).fill(0)]);
      expect(() =>
        decodeValues({ bytes, encoding: "DELTA_BINARY_PACKED", type: "INT32", count: 4 }, undefined),
      ).toThrow("blocks of");
    }
  });
});

describe("names in the footer", () => {
  const [bytes] = samples as [Uint8Array];
  const [root, image, label] = parquetMetadata(bytes.slice().buffer).schema as [
    SchemaElement,
    SchemaElement,
    SchemaElement,
  ];
  const withSchema = (...schema: SchemaElement[]) =>
    outcome(
      folder(),
      withFooter(bytes, (metadata) => ({ ...metadata, schema, row_groups: [], num_rows: 0n })),
    );

  it("are refused where they would fill the memory, by length or by depth", async () => {
    expect(await withSchema(root, image, { ...label, name: "x".repeat(5000) })).toMatch(
      "found damage (a column whose names have 5001 characters)",
    );
    const deep = Array.from({ length: 65 }, () => ({ name: "", num_children: 1 }));
    expect(await withSchema({ ...root, num_children: 1 }, ...deep, label)).toMatch(
      "found damage (structs nested too deep)",
    );
  });
});
