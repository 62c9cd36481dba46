import { fail } from "../core/index.ts";
import { type ByteRanges, digestOf, withRanges } from "../formats/index.ts";
import {
  chunkOf,
  columnType,
  columnValues,
  type Footer,
  type ParquetColumn,
  type ParquetValue,
  readFooter,
  writeParquet,
} from "../formats/parquet/index.ts";

/** The columns of `rows.parquet`, in order. */
export const rowColumns = [
  { name: "id", type: "INT32", nullable: false },
  { name: "name", type: "STRING", nullable: false },
  { name: "file", type: "STRING", nullable: true },
  { name: "source", type: "INT32", nullable: false },
  { name: "coarse", type: "STRING", nullable: true },
  { name: "fine", type: "STRING", nullable: true },
  { name: "split", type: "STRING", nullable: true },
  { name: "width", type: "INT32", nullable: false },
  { name: "height", type: "INT32", nullable: false },
  { name: "bytes", type: "INT32", nullable: true },
  { name: "hash", type: "STRING", nullable: false },
  { name: "sheet", type: "INT32", nullable: false },
  { name: "tile", type: "INT32", nullable: false },
] as const satisfies readonly ParquetColumn[];

type Column = (typeof rowColumns)[number];
type IntName = Extract<Column, { type: "INT32" }>["name"];
type TextName = Extract<Column, { type: "STRING" }>["name"];

/** Rows by column; numbers are -1 and texts undefined where there is none. */
export type RowValues = Readonly<Record<IntName, Int32Array>> & Readonly<Record<TextName, (string | undefined)[]>>;

/** One row of them. */
export type RowValue = Readonly<Record<IntName, number>> & Readonly<Record<TextName, string | undefined>>;

/** A longer text is no name, path or class. */
const MOST_TEXT = 2 ** 15;

/** Columns of rows. */
export function columnsOfRows(rows: readonly RowValue[]): RowValues {
  return Object.fromEntries(
    rowColumns.map(({ name, type }) => [
      name,
      type === "INT32" ? Int32Array.from(rows, (row) => row[name]) : rows.map((row) => row[name]),
    ]),
  ) as unknown as RowValues;
}

/**
 * Writes `rows.parquet` and gives its SHA-256.
 * @throws MaskconError "disk" where it cannot be written
 */
export async function writeRows(file: string, blocks: Iterable<RowValues> | AsyncIterable<RowValues>): Promise<string> {
  async function* nullable() {
    for await (const block of blocks) {
      // A number that is not there is null in the file.
      yield { ...block, bytes: Array.from(block.bytes, (bytes) => (bytes < 0 ? undefined : bytes)) };
    }
  }
  await writeParquet(file, rowColumns, nullable());
  return digestOf(file, "sha256");
}

/**
 * Reads `rows.parquet` of a part.
 * @throws MaskconError "data" where it is damaged, or another file than the part's
 */
export async function readRows(file: string, part: { rows: number; sha256: string }): Promise<RowValues> {
  const found = await digestOf(file, "sha256");
  if (found !== part.sha256) {
    const expected = `contents with SHA-256 ${part.sha256.slice(0, 16)}…, as collection.json says`;
    const fix = "put the part's own file back, or collect anew into another folder";
    fail("data", { where: file, expected, found: `${found.slice(0, 16)}…: the file is damaged`, fix });
  }
  return withRanges(file, async (ranges) => {
    const footer = await readFooter(ranges);
    if (footer.rows !== part.rows) {
      fail("data", { where: file, expected: `${part.rows} rows`, found: String(footer.rows) });
    }
    const values: Record<string, Int32Array | (string | undefined)[]> = {};
    for (const column of rowColumns) values[column.name] = await readColumn(ranges, footer, column);
    return values as unknown as RowValues;
  });
}

async function readColumn(ranges: ByteRanges, footer: Footer, { name, type, nullable }: ParquetColumn) {
  const leaf = footer.leaves.find(({ path }) => path === name);
  const where = `${ranges.file}, column ${name}`;
  const kind = leaf && columnType(leaf.element).kind;
  if (
    !leaf ||
    leaf.repeated ||
    kind !== (type === "INT32" ? "whole" : "text") ||
    (type === "INT32" && leaf.element.type !== "INT32")
  ) {
    return fail("data", { where, expected: `a column of ${type}`, found: leaf ? "another one" : "none" });
  }
  const out = type === "INT32" ? new Int32Array(footer.rows) : new Array<string | undefined>(footer.rows);
  const textOf = type === "INT32" ? undefined : texts(where);
  let row = 0;
  for (const group of footer.metadata.row_groups.keys()) {
    for await (const { values, fromDictionary } of columnValues(ranges, chunkOf(ranges.file, footer, group, leaf))) {
      for (const value of values) {
        if (value === undefined && !nullable)
          fail("data", { where, expected: "a value in every row", found: `none in row ${row}` });
        if (textOf) out[row] = value === undefined ? undefined : textOf(value, fromDictionary);
        else out[row] = value === undefined ? -1 : Number(value);
        row++;
      }
    }
  }
  return out;
}

/** Texts of values; one of a dictionary is made once. */
function texts(where: string) {
  const known = new Map<ParquetValue, string>();
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return (value: ParquetValue, fromDictionary: boolean): string => {
    const before = fromDictionary ? known.get(value) : undefined;
    if (before !== undefined) return before;
    const bytes = value as Uint8Array;
    if (bytes.length > MOST_TEXT)
      fail("data", { where, expected: `at most ${MOST_TEXT} bytes`, found: `${bytes.length}` });
    const text = decoder.decode(bytes);
    if (fromDictionary) known.set(value, text);
    return text;
  };
}
