import { existsSync } from "node:fs";
import type { SchemaElement } from "hyparquet";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { png, put } from "../../../../test/data-samples.ts";
import { withFooter } from "../../../../test/parquet-samples.ts";
import { temporaryFolder } from "../../../../test/temporary-folder.ts";
import { type Dataset, idOf } from "../../dataset.ts";
import { createEvalLoader } from "../../loader/eval-loader.ts";
import { readImage } from "../../loader/read-image.ts";
import { type OpenOptions, openData, openImages } from "../../open.ts";

const images = (count: number) => Promise.all(Array.from({ length: count }, (_, i) => png(10 * i)));

/** As `datasets` writes it: a struct of bytes and path, ClassLabels as numbers. */
const structOf = (bytes: readonly (Uint8Array | undefined)[]) => bytes.map((b, i) => ({ bytes: b, path: `${i}.png` }));
const imageSchema = [
  { name: "image", num_children: 2, repetition_type: "OPTIONAL" as const },
  { name: "bytes", type: "BYTE_ARRAY" as const, repetition_type: "OPTIONAL" as const },
  { name: "path", type: "BYTE_ARRAY" as const, converted_type: "UTF8" as const, repetition_type: "OPTIONAL" as const },
];
const labelSchema = (name: string) => ({ name, type: "INT64" as const, repetition_type: "OPTIONAL" as const });

const classLabel = (names: readonly string[]) => ({ names, _type: "ClassLabel" });

function huggingface(features: Record<string, unknown>) {
  return [{ key: "huggingface", value: JSON.stringify({ info: { features } }) }];
}

async function cifarLike(count: number, options: { codec?: "SNAPPY" | "UNCOMPRESSED"; rowGroupSize?: number } = {}) {
  const bytes = await images(count);
  const label = (of: number) => Array.from({ length: count }, (_, i) => BigInt(i % of));
  return new Uint8Array(
    parquetWriteBuffer({
      schema: [
        { name: "root", num_children: 3 },
        ...imageSchema,
        labelSchema("fine_label"),
        labelSchema("coarse_label"),
      ],
      columnData: [
        { name: "image", data: structOf(bytes) },
        { name: "fine_label", data: label(4) },
        { name: "coarse_label", data: label(2) },
      ],
      kvMetadata: huggingface({
        image: { _type: "Image" },
        fine_label: classLabel(["apple", "bee", "cherry", "dog"]),
        coarse_label: classLabel(["plant", "animal"]),
      }),
      ...options,
    }),
  );
}

const write = (columnData: ColumnSource[], kvMetadata: { key: string; value?: string }[] = []) =>
  new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata }));

/** With a first row group that has columns, but no rows and no pages. */
const emptyGroupFirst = (bytes: Uint8Array) =>
  withFooter(bytes, (metadata) => {
    const [group] = metadata.row_groups;
    const none = { num_values: 0n, data_page_offset: 0n, total_compressed_size: 0n };
    const columns = group!.columns.map((column) => ({ ...column, meta_data: { ...column.meta_data!, ...none } }));
    return { ...metadata, row_groups: [{ ...group!, columns, num_rows: 0n }, ...metadata.row_groups] };
  });

/** Two images, and a column of groups. */
async function withGroups(schema: SchemaElement[], labels: unknown[]): Promise<string> {
  const image = { name: "image", type: "BYTE_ARRAY" as const, repetition_type: "REQUIRED" as const };
  const columnData = [
    { name: "image", data: await images(2) },
    { name: "labels", data: labels },
  ];
  const bytes = parquetWriteBuffer({ schema: [{ name: "root", num_children: 2 }, image, ...schema], columnData });
  return put(temporaryFolder(), "a.parquet", new Uint8Array(bytes));
}

const withStruct = (a: string, b: string) =>
  withGroups(
    [{ name: "labels", num_children: 2, repetition_type: "OPTIONAL" }, labelSchema(a), labelSchema(b)],
    [0n, 1n].map((label) => ({ [a]: label, [b]: label })),
  );

const labelled = (set: Dataset) =>
  Array.from(set.coarse, (label, i) => {
    const fine = set.fine && set.fineClasses![set.fine[i]!];
    return [idOf(set, i), set.coarseClasses[label], ...(fine === undefined ? [] : [fine])];
  });

describe("Parquet files of images", () => {
  it("are read with their splits, class names and pixels", async () => {
    const folder = temporaryFolder();
    put(folder, "README.md", "words");
    put(folder, "data/train-00000-of-00002.parquet", await cifarLike(6, { rowGroupSize: 4 }));
    put(folder, "data/train-00001-of-00002.parquet", await cifarLike(2, { codec: "UNCOMPRESSED" }));
    put(folder, "data/test-00000-of-00001.parquet", await cifarLike(4));
    const { train, test } = await openData(folder);
    expect(labelled(train).slice(4)).toEqual([
      ["data/train-00000-of-00002.parquet#4", "plant", "apple"],
      ["data/train-00000-of-00002.parquet#5", "animal", "bee"],
      ["data/train-00001-of-00002.parquet#0", "plant", "apple"],
      ["data/train-00001-of-00002.parquet#1", "animal", "bee"],
    ]);
    expect([train.length, test!.length]).toEqual([8, 4]);
    const { width, height, data } = await readImage(train, 5);
    expect([width, height, ...data.subarray(0, 3)]).toEqual([6, 4, 50, 20, 200]);
  });

  it("stay encoded where pixels do not fit: in memory, then in a file that is deleted", async () => {
    const file = put(temporaryFolder(), "train.parquet", await cifarLike(8));
    const kept = (await openData(file, { testFraction: 0 })).train;
    const spooled = (await openData(file, { testFraction: 0, cacheBytes: 0 })).train;
    const size = (await png(0)).length;
    const both = (await openData(file, { testFraction: 0, cacheBytes: 3 * size })).train;
    expect([kept, spooled, both].map(({ source }) => source.kind)).toEqual(["packed", "slices", "slices"]);
    const { parts } = both.source as Extract<Dataset["source"], { kind: "slices" }>;
    expect(parts.map((part) => typeof part)).toEqual(["object", "string"]);
    for (const i of kept.coarse.keys()) {
      expect(await readImage(spooled, i)).toEqual(await readImage(kept, i));
      expect(await readImage(both, i)).toEqual(await readImage(kept, i));
    }
    // Loader threads read them too: every picture is of one colour, whose red is ten times its place.
    const loader = await createEvalLoader({ dataset: both, batchSize: 8, imageSize: 4, workers: 1 });
    for await (const { images, release } of loader.batches()) {
      const { mean, std } = both.normalization;
      for (let i = 0; i < 8; i++) expect(images[i * 48]).toBeCloseTo((i / 25.5 - mean[0]) / std[0], 5);
      release();
    }
    await loader.close();
    expect(parts.some((part) => typeof part === "string" && existsSync(part))).toBe(true);
  });

  it("may hold plain bytes and labels in words or in numbers without names", async () => {
    const bytes = await images(4);
    const words = put(
      temporaryFolder(),
      "a.parquet",
      write([
        { name: "jpg", data: bytes, type: "BYTE_ARRAY" },
        { name: "label", data: ["x", "y", "y", "x"], type: "STRING" },
      ]),
    );
    expect(labelled((await openData(words, { testFraction: 0 })).train)).toEqual([
      ["a.parquet#0", "x"],
      ["a.parquet#1", "y"],
      ["a.parquet#2", "y"],
      ["a.parquet#3", "x"],
    ]);
    const numbers = put(
      temporaryFolder(),
      "a.parquet",
      write([
        { name: "image", data: bytes, type: "BYTE_ARRAY" },
        { name: "genus", data: [1, 2, 1, 2], type: "INT32" },
        { name: "species", data: [7, 8, 9, 8], type: "INT32" },
      ]),
    );
    const options = { testFraction: 0, coarseColumn: "genus", fineColumn: "species" };
    expect(labelled((await openData(numbers, options)).train).map(([, ...labels]) => labels)).toEqual([
      ["1", "7"],
      ["2", "8"],
      ["1", "9"],
      ["2", "8"],
    ]);
    await expect(openData(numbers)).rejects.toThrow(
      "expected a label column, found the columns image (BYTE_ARRAY), genus (INT32), species (INT32); " +
        "name the column of the coarse labels with --coarse-column",
    );
    await expect(openData(numbers, { coarseColumn: "genius" })).rejects.toThrow('did you mean "genus"?');
    expect((await openImages(numbers)).length).toBe(4);
  });

  it("become coarse to fine by a map, with one label alone", async () => {
    const folder = temporaryFolder();
    const file = put(
      folder,
      "a.parquet",
      write([
        { name: "image", data: await images(4), type: "BYTE_ARRAY" },
        { name: "label", data: ["pug", "tabby", "pug", "beagle"], type: "STRING" },
      ]),
    );
    const coarseMap = put(folder, "map.csv", "fine,coarse\npug,dog\nbeagle,dog\ntabby,cat\n");
    const { train } = await openData(file, { coarseMap, testFraction: 0 });
    expect(labelled(train).map(([, ...labels]) => labels)).toEqual([
      ["dog", "pug"],
      ["cat", "tabby"],
      ["dog", "pug"],
      ["dog", "beagle"],
    ]);
  });

  it("are refused with the row where a label is missing or unknown", async () => {
    const image = { name: "image", data: await images(3), type: "BYTE_ARRAY" as const };
    const open = (label: ColumnSource, features: Record<string, unknown> = {}) =>
      openData(put(temporaryFolder(), "a.parquet", write([image, label], huggingface(features))));
    const names = { label: classLabel(["a", "b"]) };
    await expect(open({ name: "label", data: [0, 1, -1], type: "INT32" }, names)).rejects.toThrow(
      "a.parquet, row 2: expected a label in column label, found none",
    );
    await expect(open({ name: "label", data: [0, 1, 2], type: "INT32" }, names)).rejects.toThrow(
      "row 2: expected a label in column label of type INT32, found 2, where the file names 2 classes",
    );
    await expect(open({ name: "label", data: ["a", undefined, "b"], type: "STRING" })).rejects.toThrow("row 1");
  });

  it("are refused where labels are of a type that is not read", async () => {
    const image = { name: "image", data: await images(2), type: "BYTE_ARRAY" as const };
    const open = (label: ColumnSource, options: OpenOptions = {}) =>
      openData(put(temporaryFolder(), "a.parquet", write([image, label])), options);
    const refusal = (column: string, found: string) =>
      `a.parquet, column ${column}: expected a label a row, as text or a whole number, found ${found}, which are not read; write the column so`;
    const label = { name: "label", data: [0.5, 1], type: "DOUBLE" as const };
    await expect(open(label)).rejects.toThrow(refusal("label", "values of DOUBLE"));
    await expect(open({ ...label, name: "x" }, { coarseColumn: "x" })).rejects.toThrow(
      refusal("x", "values of DOUBLE"),
    );
    const truth = { name: "coarse_label", data: [true, false], type: "BOOLEAN" as const };
    await expect(open(truth)).rejects.toThrow(refusal("coarse_label", "values of BOOLEAN"));
    const list = { name: "list", num_children: 1, repetition_type: "REPEATED" as const };
    const labels = { name: "labels", num_children: 1, converted_type: "LIST" as const };
    const lists = await withGroups([labels, list, labelSchema("element")], [[1n], [2n]]);
    for (const options of [{}, { coarseColumn: "labels" }]) {
      await expect(openData(lists, options)).rejects.toThrow(refusal("labels.list.element", "lists"));
    }
  });

  it("have the columns named that lie inside a struct", async () => {
    const file = await withStruct("coarse", "fine");
    const fix = "name them with --coarse-column labels.coarse --fine-column labels.fine";
    await expect(openData(file)).rejects.toThrow(
      `found the columns image (BYTE_ARRAY), labels.coarse (INT64), labels.fine (INT64); ${fix}`,
    );
    await expect(openData(file, { coarseColumn: "labels" })).rejects.toThrow('did you mean "labels.coarse"?');
    const options = { coarseColumn: "labels.coarse", fineColumn: "labels.fine", testFraction: 0 };
    expect(labelled((await openData(file, options)).train)[1]).toEqual(["a.parquet#1", "1", "1"]);
    const coarseMap = put(temporaryFolder(), "map.csv", "fine,coarse\n0,a\n1,b\n");
    await expect(openData(file, { coarseMap })).rejects.toThrow("; name it with --fine-column labels.fine");
    await expect(openData(await withStruct("label", "other"))).rejects.toThrow(
      "; name it with --coarse-column labels.label",
    );
  });

  it("count rows without bytes, and bytes that are no image, as unreadable", async () => {
    const [a, b] = (await images(2)) as [Buffer, Buffer];
    const bytes = new Uint8Array(
      parquetWriteBuffer({
        schema: [{ name: "root", num_children: 2 }, ...imageSchema, labelSchema("label")],
        columnData: [
          { name: "image", data: structOf([a, undefined, new Uint8Array([1, 2, 3]), b, a.subarray(0, 50)]) },
          { name: "label", data: [0n, 0n, 1n, 1n, 1n] },
        ],
      }),
    );
    const file = put(temporaryFolder(), "a.parquet", bytes);
    await expect(openData(file)).rejects.toThrow(
      "3 of 5 unreadable: a.parquet#1 (column image.bytes holds no bytes of an image)",
    );
    const { train, skipped } = await openData(file, { maxBad: 3, testFraction: 0 });
    expect(labelled(train)).toEqual([
      ["a.parquet#0", "0"],
      ["a.parquet#3", "1"],
    ]);
    expect(skipped.map(({ file }) => file)).toEqual(["a.parquet#1", "a.parquet#2", "a.parquet#4"]);
  });

  it.each([
    [["a/train-0.parquet", "b/train-0.parquet"], "expected one configuration of the set, found a, b"],
    [["train-0.parquet", "part-0.parquet"], "part-0.parquet: expected a name with the split in it"],
    [["test-0.parquet"], "expected images to train on, found only the split test"],
  ])("refuse the folder of %j", async (paths, message) => {
    const folder = temporaryFolder();
    for (const path of paths) put(folder, path, await cifarLike(4));
    await expect(openData(folder)).rejects.toThrow(message);
  });

  it("may have the split inside their names", async () => {
    const folder = temporaryFolder();
    put(folder, "birds-train-0.parquet", await cifarLike(8));
    put(folder, "birds-val-0.parquet", await cifarLike(4));
    const { train, test } = await openData(folder, { testFraction: 0 });
    expect([train.length, test!.length]).toEqual([8, 4]);
  });

  it("keep 64-bit labels apart", async () => {
    const label = { name: "label", type: "INT64" as const, data: [2n ** 53n, 2n ** 53n + 1n] };
    const bytes = write([{ name: "image", data: await images(2), type: "BYTE_ARRAY" }, label]);
    const { train } = await openData(put(temporaryFolder(), "a.parquet", bytes), { testFraction: 0 });
    expect(train.coarseClasses).toEqual(["9007199254740992", "9007199254740993"]);
  });

  it("may have row groups without rows, or none at all", async () => {
    const folder = temporaryFolder();
    put(folder, "train-0.parquet", await cifarLike(0));
    await expect(openData(folder)).rejects.toThrow(`${folder}: expected rows with images, found none`);
    put(folder, "train-1.parquet", emptyGroupFirst(await cifarLike(8, { codec: "UNCOMPRESSED" })));
    // Of other columns, where nothing was there to tell their types from.
    put(folder, "train-2.parquet", write([{ name: "nothing", data: [], type: "INT32" }]));
    const { train } = await openData(folder, { testFraction: 0 });
    expect([train.length, idOf(train, 0)]).toEqual([8, "train-1.parquet#0"]);
    expect((await openImages(folder)).length).toBe(8);
  });

  it("take validation for the test split where there is no other", async () => {
    const folder = temporaryFolder();
    put(folder, "default/train/0000.parquet", await cifarLike(4));
    put(folder, "default/validation/0000.parquet", await cifarLike(8));
    expect((await openData(folder)).test!.length).toBe(8);
    put(folder, "default/test/0000.parquet", await cifarLike(4));
    expect((await openData(folder)).test!.length).toBe(4);
    expect((await openImages(folder)).length).toBe(16);
  });
});
