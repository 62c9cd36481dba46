import type { SchemaElement } from "hyparquet";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { png, put } from "../../../../test/data-samples.ts";
import { temporaryFolder } from "../../../../test/temporary-folder.ts";
import { type OpenOptions, openData } from "../../open.ts";

const classLabel = (names: unknown) => ({ names, _type: "ClassLabel" });

interface Label {
  readonly schema: Omit<SchemaElement, "name">;
  readonly data: readonly unknown[];
  readonly names?: unknown;
  readonly encoding?: ColumnSource["encoding"];
}

/** A file of images and a column `label`. */
async function file({ schema, data, names, encoding }: Label): Promise<Uint8Array> {
  const images = await Promise.all(data.map((_, i) => png(i)));
  const features = { label: classLabel(names) };
  return new Uint8Array(
    parquetWriteBuffer({
      schema: [
        { name: "root", num_children: 2 },
        { name: "image", type: "BYTE_ARRAY", repetition_type: "REQUIRED" },
        { name: "label", repetition_type: "OPTIONAL", ...schema },
      ],
      columnData: [
        { name: "image", data: images },
        { name: "label", data: [...data], ...(encoding ? { encoding } : {}) },
      ],
      ...(names === undefined
        ? {}
        : { kvMetadata: [{ key: "huggingface", value: JSON.stringify({ info: { features } }) }] }),
    }),
  );
}

const open = async (label: Label, options: OpenOptions = {}) =>
  openData(put(temporaryFolder(), "a.parquet", await file(label)), { testFraction: 0, ...options });
const classesOf = async (label: Label) => (await open(label)).train.coarseClasses;

const whole = (type: "INT32" | "INT64", bitWidth: number, isSigned: boolean) => ({
  type,
  logical_type: { type: "INTEGER" as const, bitWidth, isSigned },
});

describe("whole numbers in Parquet", () => {
  it.each<[string, Label["schema"], unknown[], string[]]>([
    [
      "UINT_32",
      { type: "INT32", converted_type: "UINT_32" },
      [3000000000, 4294967295, 7],
      ["3000000000", "4294967295", "7"],
    ],
    ["UINT_32 in the newer way", whole("INT32", 32, false), [4294967295, 1, 1], ["1", "4294967295"]],
    ["UINT_8", { type: "INT32", converted_type: "UINT_8" }, [255, 0, 0], ["0", "255"]],
    [
      "UINT_64",
      whole("INT64", 64, false),
      [2n ** 64n - 1n, 2n ** 64n - 2n, 5n],
      ["18446744073709551614", "18446744073709551615", "5"],
    ],
    [
      "INT_64",
      { type: "INT64" },
      [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n],
      ["-9223372036854775808", "9007199254740993", "9223372036854775807"],
    ],
    ["INT_16", { type: "INT32", converted_type: "INT_16" }, [-32768, 32767, 0], ["-32768", "0", "32767"]],
  ])("of %s have their own names", async (_, schema, data, classes) => {
    expect(await classesOf({ schema, data })).toEqual(classes);
    expect(await classesOf({ schema, data, encoding: "DELTA_BINARY_PACKED" })).toEqual(classes);
    // Repeated values make a dictionary.
    expect(await classesOf({ schema, data: Array(8).fill(data).flat() })).toEqual(classes);
  });

  it.each<[Label["schema"], unknown, string]>([
    [{ type: "INT32", converted_type: "UINT_8" }, 256, "INT32 (UINT_8), found 256, which does not fit that type"],
    [{ type: "INT32", converted_type: "INT_8" }, -129, "INT32 (INT_8), found -129, which does not fit that type"],
    [whole("INT64", 16, false), 65536n, "INT64 (UINT_16), found 65536, which does not fit that type"],
  ])("are refused with row, column and type where they do not fit %j", async (schema, data, message) => {
    const label = { schema, data: [typeof data === "bigint" ? 1n : 1, data] };
    await expect(open(label)).rejects.toThrow(`a.parquet, row 1: expected a label in column label of type ${message}`);
  });

  it("mean no label where they are -1 and signed", async () => {
    await expect(open({ schema: { type: "INT32" }, data: [0, 1, -1] })).rejects.toThrow(
      "a.parquet, row 2: expected a label in column label, found none (null, -1 or empty)",
    );
  });
});

describe("columns of other types in Parquet", () => {
  it.each<[string, Label["schema"], unknown[]]>([
    ["INT32 (DATE)", { type: "INT32", converted_type: "DATE" }, [1, 2]],
    ["INT64 (TIMESTAMP_MILLIS)", { type: "INT64", converted_type: "TIMESTAMP_MILLIS" }, [1n, 2n]],
    [
      "INT64 (TIMESTAMP)",
      { type: "INT64", logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "NANOS" } },
      [1n, 2n],
    ],
    ["INT32 (DECIMAL)", { type: "INT32", converted_type: "DECIMAL", precision: 5, scale: 2 }, [150, 250]],
    ["BYTE_ARRAY (JSON)", { type: "BYTE_ARRAY", converted_type: "JSON" }, ['"a"', '"b"']],
    [
      "FIXED_LEN_BYTE_ARRAY (FLOAT16)",
      { type: "FIXED_LEN_BYTE_ARRAY", type_length: 2, logical_type: { type: "FLOAT16" } },
      [1, 2],
    ],
    ["FLOAT", { type: "FLOAT" }, [1, 2]],
    ["DOUBLE", { type: "DOUBLE" }, [1, 2]],
    ["BOOLEAN", { type: "BOOLEAN" }, [true, false]],
  ])("are no labels: %s", async (name, schema, data) => {
    const message =
      "a.parquet, column label: expected a label a row, as text or a whole number, " +
      `found values of ${name}, which are not read; write the column so`;
    await expect(open({ schema, data })).rejects.toThrow(message);
    await expect(open({ schema, data }, { coarseColumn: "label" })).rejects.toThrow(message);
  });

  it("are no images where every row holds a path alone", async () => {
    const bytes = new Uint8Array(
      parquetWriteBuffer({
        schema: [
          { name: "root", num_children: 2 },
          { name: "image", num_children: 2, repetition_type: "OPTIONAL" },
          { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
          { name: "path", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
          { name: "label", type: "INT64", repetition_type: "OPTIONAL" },
        ],
        columnData: [
          { name: "image", data: [{ path: "1.png" }, { path: "2.png" }] },
          { name: "label", data: [0n, 1n] },
        ],
      }),
    );
    await expect(openData(put(temporaryFolder(), "a.parquet", bytes))).rejects.toThrow(
      "a.parquet: expected encoded images, found no bytes in any of 2 rows; " +
        "write the images into the column: paths and URLs are not followed",
    );
  });

  it("are no images, where they hold text: paths, URLs", async () => {
    const text = { name: "image", data: ["https://host/1.png", "https://host/2.png"], type: "STRING" as const };
    const label = { name: "label", data: [0, 1], type: "INT32" as const };
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData: [text, label] }));
    const at = put(temporaryFolder(), "a.parquet", bytes);
    await expect(openData(at)).rejects.toThrow(
      "expected one column of encoded images, found the columns image (BYTE_ARRAY (UTF8)), label (INT32); " +
        "the images must be in the file, as a column of bytes",
    );
    await expect(openData(at, { imageColumn: "image" })).rejects.toThrow(
      "a.parquet, column image: expected encoded images, as bytes, found values of BYTE_ARRAY (UTF8); the images must be in the file",
    );
  });
});

describe("names of a ClassLabel", () => {
  const numbers = { schema: { type: "INT64" as const }, data: [0n, 1n, 2n] };

  it("stand for their numbers", async () => {
    expect(await classesOf({ ...numbers, names: ["x", "y", "z"] })).toEqual(["x", "y", "z"]);
    expect(await classesOf({ ...numbers, names: null })).toEqual(["0", "1", "2"]);
  });

  it.each<[string, unknown, string]>([
    [
      "empty",
      ["", "a", "b"],
      "a.parquet, row 0: expected a label in column label of type INT64, found 0, which the ClassLabel gives an empty name; " +
        "give the class a name, or leave its rows out",
    ],
    [
      "blank",
      ["a", " ", "b"],
      "row 1: expected a label in column label of type INT64, found 1, which the ClassLabel gives",
    ],
    [
      "fewer than the numbers",
      ["a", "b"],
      "row 2: expected a label in column label of type INT64, found 2, where the file names 2 classes",
    ],
    [
      "there twice",
      ["a", "b", "a"],
      'metadata "huggingface", column label: expected different names for the numbers of the ClassLabel, found "a" for 0 and for 2',
    ],
    ["alike in NFC", ["\u00e9", "b", "e\u0301"], 'found "e\u0301" for 0 and for 2'],
    [
      "no text",
      ["a", 7, "b"],
      'metadata "huggingface", column label: expected a name for each number of the ClassLabel, found 7 for 1',
    ],
    ["no list", { 0: "a" }, 'expected a name for each number of the ClassLabel, found {"0":"a"}'],
  ])("are refused where they are %s", async (_, names, message) => {
    await expect(open({ ...numbers, names })).rejects.toThrow(message);
  });

  it("may be empty where no row has their number", async () => {
    expect(await classesOf({ ...numbers, data: [1n, 2n], names: ["", "a", "b"] })).toEqual(["a", "b"]);
  });

  it("are those of a column inside a struct too", async () => {
    const value = { info: { features: { labels: { coarse: classLabel(["cat", "dog"]) } } } };
    const bytes = new Uint8Array(
      parquetWriteBuffer({
        schema: [
          { name: "root", num_children: 2 },
          { name: "image", type: "BYTE_ARRAY", repetition_type: "REQUIRED" },
          { name: "labels", num_children: 1, repetition_type: "OPTIONAL" },
          { name: "coarse", type: "INT64", repetition_type: "OPTIONAL" },
        ],
        columnData: [
          { name: "image", data: [await png(1), await png(2)] },
          { name: "labels", data: [{ coarse: 0n }, { coarse: 1n }] },
        ],
        kvMetadata: [{ key: "huggingface", value: JSON.stringify(value) }],
      }),
    );
    const at = put(temporaryFolder(), "a.parquet", bytes);
    const { train } = await openData(at, { testFraction: 0, coarseColumn: "labels.coarse" });
    expect(train.coarseClasses).toEqual(["cat", "dog"]);
  });
});

describe("files of one set", () => {
  it("have labels of one kind", async () => {
    const folder = temporaryFolder();
    put(folder, "0.parquet", await file({ schema: { type: "INT64" }, data: [0n, 1n], names: ["a", "b"] }));
    const next = (label: Label) => file(label).then((bytes) => put(folder, "1.parquet", bytes));
    await next({ schema: { type: "INT64" }, data: [0n, 1n], names: ["b", "a"] });
    expect((await openData(folder, { testFraction: 0 })).train.coarse).toEqual(Int32Array.of(0, 1, 1, 0));
    await next({ schema: { type: "INT64" }, data: [0n, 1n] });
    await expect(openData(folder)).rejects.toThrow(
      /1\.parquet: expected coarse labels as in \S+0\.parquet: column label, numbers with names \(ClassLabel\), found column label, numbers without names; give files of one set/,
    );
    await next({ schema: { type: "BYTE_ARRAY", converted_type: "UTF8" }, data: ["a", "b"] });
    await expect(openData(folder)).rejects.toThrow("found column label, text");
  });

  it("have columns of different names", async () => {
    const label = { name: "label", data: [0, 1], type: "INT32" as const };
    const image = { name: "image", data: [await png(1), await png(2)], type: "BYTE_ARRAY" as const };
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData: [image, label, label] }));
    await expect(openData(put(temporaryFolder(), "a.parquet", bytes))).rejects.toThrow(
      "a.parquet: expected columns of different names, found two called label",
    );
  });
});
