import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { sampleRow, sampleRows, unitRows, writeSample } from "../../test/collection-samples.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { MaskconError } from "../core/index.ts";
import { checkCollection } from "./check.ts";
import { compactParts } from "./compact.ts";
import { openCollection } from "./open.ts";
import { partPaths } from "./part-files.ts";
import { type CollectionRecord, recordFile } from "./record.ts";
import { hashOf, positionOf } from "./rows.ts";

test("rows and vectors come back as they were written", async () => {
  const folder = temporaryFolder();
  const name = 'a\u0000"=1+1\n<b>ü/🙂.png';
  const odd = sampleRow(3, { name, file: "/x.png", coarse: undefined, fine: undefined, split: undefined, bytes: -1 });
  const vectors = unitRows(7, 8, 5);
  await writeSample(folder, [[sampleRow(1), odd, sampleRow(7)], sampleRows(8, 11)], { vectors });
  const collection = await openCollection(folder);
  const { rows } = collection;
  expect([...rows.ids]).toEqual([1, 3, 7, 8, 9, 10, 11]);
  expect([rows.names[1], rows.files[1], rows.files[0]]).toEqual([name, "/x.png", undefined]);
  expect([rows.coarse.numbers[1], rows.fine.numbers[1], rows.split.numbers[1], rows.bytes[1]]).toEqual([
    -1, -1, -1, -1,
  ]);
  expect([rows.widths[0], rows.heights[0], rows.bytes[0], rows.split.names[rows.split.numbers[2]!]]).toEqual([
    10,
    20,
    101,
    "train",
  ]);
  expect(hashOf(rows, 2)).toBe(sampleRow(7).hash);
  expect([positionOf(rows.ids, 7), positionOf(rows.ids, 2), positionOf(rows.ids, 12)]).toEqual([2, -1, -1]);
  expect(await collection.vectors("trained")).toEqual(vectors);
  expect(await collection.vectors("frozen")).toHaveLength(7 * 4);
});

test("compacting keeps rows, order and vectors, and a reader that was there before", async () => {
  const folder = temporaryFolder();
  const record = await writeSample(folder, [
    sampleRows(1, 40),
    sampleRows(41, 50),
    sampleRows(51, 56),
    sampleRows(57, 58),
  ]);
  const before = await openCollection(folder);
  const next = await compactParts(folder, record);
  // 40 rows are more than twice the 18 behind them.
  expect(next.parts.map(({ rows }) => rows)).toEqual([40, 18]);
  expect(readdirSync(join(folder, "parts"))).toEqual(["000001", "000005"]);
  const after = await openCollection(folder);
  expect(JSON.stringify(after.rows)).toBe(JSON.stringify(before.rows));
  expect(await after.vectors("trained")).toEqual(await before.vectors("trained"));
  expect(await compactParts(folder, next)).toBe(next);
});

test("a damaged vector is not written into a joined part, where no checksum would find it", async () => {
  const folder = temporaryFolder();
  const record = await writeSample(folder, [sampleRows(1, 3), sampleRows(4, 6)]);
  const file = partPaths(folder, record.parts[0]!).frozen;
  const bytes = readFileSync(file);
  // The sign of a value: its row stays as long as it was.
  bytes[bytes.length - 1]! ^= 0x80;
  writeFileSync(file, bytes);
  await expect(checkCollection(folder)).rejects.toThrow(/frozen\.npy: expected contents with SHA-256/);
  await expect(compactParts(folder, record)).rejects.toThrow(/frozen\.npy: expected contents with SHA-256/);
});

test("a folder that is no collection is refused", async () => {
  const folder = temporaryFolder();
  await expect(openCollection(folder)).rejects.toThrow(
    /expected the folder of a collection, found no collection\.json in it/,
  );
  await expect(openCollection(join(folder, "none"))).rejects.toThrow(/found no such folder/);
});

describe("a damaged or hostile collection is one line:", () => {
  const changed = (change: (record: CollectionRecord) => object) => (folder: string) => {
    const record = JSON.parse(readFileSync(recordFile(folder), "utf8"));
    writeFileSync(recordFile(folder), JSON.stringify({ ...record, ...change(record) }));
  };
  const firstPart = (values: object) =>
    changed(({ parts: [first, ...rest] }) => ({ parts: [{ ...first, ...values }, ...rest] }));
  const part = (folder: string) => partPaths(folder, { name: "000001" });
  /** A .npy of the first part with one value changed. */
  const value = (at: number, to: number) => (folder: string) => {
    const bytes = readFileSync(part(folder).trained);
    bytes.writeFloatLE(to, bytes.length - 4 * at);
    writeFileSync(part(folder).trained, bytes);
  };
  const cases: [string, (folder: string) => void, RegExp][] = [
    ["no JSON", (f) => writeFileSync(recordFile(f), "{"), /collection\.json, line 1, character 2: expected JSON/],
    [
      "not of this kind",
      changed(() => ({ format: "other" })),
      /expected the format maskcon-collection-1, found "other"/,
    ],
    [
      "of a later version",
      changed(() => ({ format: "maskcon-collection-2" })),
      /use the version of maskcon that wrote it/,
    ],
    ["null", (f) => writeFileSync(recordFile(f), "null"), /expected the format/],
    ["with a part elsewhere", firstPart({ name: "../../x" }), /parts\.0\.name: expected.*a number of six digits/],
    ["with an absolute part", firstPart({ name: "/etc" }), /a number of six digits/],
    ["with a part twice", changed(({ parts: [a] }) => ({ parts: [a, a] })), /expected rising ids/],
    ["with too many rows", firstPart({ rows: 6, lastId: 6 }), /expected rising ids below|expected 6 rows, found 5/],
    ["of no dimension", changed(({ encoder }) => ({ encoder: { ...encoder, trained: 0 } })), /encoder\.trained/],
    ["of 1e9 dimensions", changed(({ encoder }) => ({ encoder: { ...encoder, trained: 1e9 } })), /encoder\.trained/],
    [
      "of another dimension",
      changed(({ encoder }) => ({ encoder: { ...encoder, trained: 16 } })),
      /expected the shape \(5, 16\), found \(5, 8\)/,
    ],
    ["with ids of later rows", changed(() => ({ nextId: 3 })), /expected rising ids below 3/],
    ["with unknown missing ids", changed(() => ({ missing: "1-99" })), /missing: expected ascending ids/],
    ["without a source", changed(() => ({ sources: [] })), /a source and a sheet that are there/],
    [
      "with a source read in an unknown way",
      changed(({ sources }) => ({ sources: sources.map((own) => ({ ...own, reading: { cacheBytes: 1 } })) })),
      /sources\.0\.reading/,
    ],
    ["with a key too many", changed(() => ({ extra: 1 })), /collection\.json, whole/],
    [
      "without rows",
      (f) => rmSync(part(f).rows),
      /rows\.parquet: expected a readable file, found nothing of that name/,
    ],
    ["with rows cut short", (f) => truncateSync(part(f).rows, 100), /expected contents with SHA-256/],
    [
      "with a folder of that name",
      (f) => {
        rmSync(part(f).rows);
        mkdirSync(part(f).rows);
      },
      /found a folder/,
    ],
    ["without vectors", (f) => rmSync(part(f).trained), /vectors\.npy: expected a readable file/],
    [
      "with vectors cut short",
      (f) => truncateSync(part(f).trained, 200),
      /expected 288 bytes for the shape \(5, 8\), found 200/,
    ],
    ["with empty vectors", (f) => truncateSync(part(f).trained, 0), /expected a \.npy array/],
    ["with NaN", value(1, Number.NaN), /row 4: expected a vector of length 1, found a value that is not finite/],
    ["with infinity", value(9, Number.POSITIVE_INFINITY), /row 3: .*not finite/],
    ["with long vectors", value(1, 3), /row 4: expected a vector of length 1, found the length/],
  ];
  test.each(cases)("%s", async (_, damage, message) => {
    const folder = temporaryFolder();
    await writeSample(folder, [sampleRows(1, 5), sampleRows(6, 7)]);
    damage(folder);
    const work = async () => (await openCollection(folder)).vectors("trained");
    await expect(work()).rejects.toThrow(message);
    await expect(work()).rejects.toThrow(MaskconError);
    await expect(work()).rejects.not.toThrow(/\n/);
  });
});

describe("a collection that agrees with itself and is wrong all the same is one line:", () => {
  const opened = async (folder: string) => expect(openCollection(folder)).rejects;
  const rows: [string, Parameters<typeof sampleRow>[1], RegExp][] = [
    [
      "an unknown source",
      { source: 7 },
      /row 1: expected rising ids, and a source and a sheet that are there, found id 2 after 1, source 7/,
    ],
    ["a sheet that is not there", { sheet: 99 }, /sheet 99/],
    ["no tile", { tile: -1 }, /row 1: expected rising ids/],
    ["a name of a megabyte", { name: "x".repeat(2 ** 20) }, /column name: expected at most 32768 bytes, found 1048576/],
  ];
  test.each(rows)("a row with %s", async (_, more, message) => {
    const folder = temporaryFolder();
    await writeSample(folder, [[sampleRow(1), sampleRow(2, more), sampleRow(3)]]);
    await (await opened(folder)).toThrow(message);
  });

  test("ids that do not rise", async () => {
    const folder = temporaryFolder();
    await writeSample(folder, [[sampleRow(1), sampleRow(3), sampleRow(2), sampleRow(4)]]);
    await (await opened(folder)).toThrow(/row 2: expected rising ids.*found id 2 after 3/);
  });

  const parquets: [string, ColumnSource[], RegExp][] = [
    [
      "other columns",
      [{ name: "a", data: [1, 2], type: "INT32" }],
      /column id: expected a column of INT32, found none/,
    ],
    [
      "ids as text",
      [{ name: "id", data: ["1", "2"], type: "STRING" }],
      /column id: expected a column of INT32, found another one/,
    ],
    [
      "ids that are null",
      [{ name: "id", data: [1, null], type: "INT32" }],
      /column id: expected a value in every row, found none in row 1/,
    ],
    ["another number of rows", [{ name: "id", data: [1], type: "INT32" }], /expected 2 rows, found 1/],
  ];
  test.each(parquets)("Parquet with %s", async (_, columnData, message) => {
    const folder = temporaryFolder();
    const record = await writeSample(folder, [sampleRows(1, 2)]);
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData }));
    writeFileSync(partPaths(folder, { name: "000001" }).rows, bytes);
    const [part] = record.parts;
    const sha256 = { ...part!.sha256, rows: createHash("sha256").update(bytes).digest("hex") };
    writeFileSync(recordFile(folder), JSON.stringify({ ...record, parts: [{ ...part, sha256 }] }));
    await (await opened(folder)).toThrow(message);
  });
});
