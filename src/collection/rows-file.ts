import { fail } from "../core/index.ts";
import { type ByteRanges, digestOf, withRanges } from "../formats/index.ts";
import {
  chunkOf,
  columnType,
  columnValues,
  type Footer,
  numbersOfColumn,
  type ParquetColumn,
  type ParquetValue,
  readFooter,
  writeParquet,
} from "../formats/parquet/index.ts";
import { checkContents } from "./check-contents.ts";

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
type TextName = Exclude<Extract<Column, { type: "STRING" }>["name"], "hash">;

/** Bytes of the hash of an image: the first half of its SHA-256. */
export const HASH_BYTES = 16;

/** Rows by column; numbers are -1 and texts undefined where there is none. */
export type RowValues = Readonly<Record<IntName, Int32Array>> &
  Readonly<Record<TextName, (string | undefined)[]>> & {
    /** [rows, HASH_BYTES] */
    readonly hash: Uint8Array;
  };

/** One row of them; its hash in hex. */
export type RowValue = Readonly<Record<IntName, number>> &
  Readonly<Record<TextName, string | undefined>> & { readonly hash: string };

/** A longer text is no name, path or class. */
const MOST_TEXT = 2 ** 15;

/** Columns of rows. */
export function columnsOfRows(rows: readonly RowValue[]): RowValues {
  return Object.fromEntries(
    rowColumns.map(({ name, type }) => [
      name,
      name === "hash"
        ? new Uint8Array(Buffer.from(rows.map((row) => row.hash).join(""), "hex"))
        : type === "INT32"
          ? Int32Array.from(rows, (row) => row[name])
          : rows.map((row) => row[name]),
    ]),
  ) as unknown as RowValues;
}

/** The hash of a row as the file has it. */
export const hexOf = (hashes: Uint8Array, row: number): string =>
  Buffer.from(hashes.buffer, hashes.byteOffset + HASH_BYTES * row, HASH_BYTES).toString("hex");

/**
 * Writes `rows.parquet` and gives its SHA-256.
 * @throws MaskconError "disk" where it cannot be written
 */
export async function writeRows(file: string, blocks: Iterable<RowValues> | AsyncIterable<RowValues>): Promise<string> {
  async function* nullable() {
    for await (const block of blocks) {
      // A number that is not there is null in the file.
      const bytes = Array.from(block.bytes, (size) => (size < 0 ? undefined : size));
      const hash = Array.from({ length: bytes.length }, (_, row) => hexOf(block.hash, row));
      yield { ...block, bytes, hash };
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
  await checkContents(file, part.sha256, "collection.json");
  return withRanges(file, async (ranges) => {
    const footer = await readFooter(ranges);
    if (footer.rows !== part.rows) {
      fail("data", { where: file, expected: `${part.rows} rows`, found: String(footer.rows) });
    }
    const values: Record<string, Awaited<ReturnType<typeof readColumn>>> = {};
    for (const column of rowColumns) values[column.name] = await readColumn(ranges, footer, column);
    return values as unknown as RowValues;
  });
}

async function readColumn(ranges: ByteRanges, footer: Footer, { name, type, nullable }: Column) {
  if (type === "INT32") return numbersOfColumn(ranges, footer, { name, type, nullable });
  const leaf = footer.leaves.find(({ path }) => path === name);
  const where = `${ranges.file}, column ${name}`;
  if (!leaf || leaf.repeated || columnType(leaf.element).kind !== "text") {
    return fail("data", { where, expected: `a column of ${type}`, found: leaf ? "another one" : "none" });
  }
  const { out, put } = target(name, footer.rows, where);
  let row = 0;
  for (const group of footer.metadata.row_groups.keys()) {
    for await (const { values, fromDictionary } of columnValues(ranges, chunkOf(ranges.file, footer, group, leaf))) {
      for (const value of values) {
        if (value === undefined && !nullable) {
          fail("data", { where, expected: "a value in every row", found: `none in row ${row}` });
        }
        put(row++, value, fromDictionary);
      }
    }
  }
  return out;
}

type Put = (row: number, value: ParquetValue | undefined, fromDictionary: boolean) => void;

/** Where the texts of a column go. */
function target(name: string, rows: number, where: string): { out: Uint8Array | (string | undefined)[]; put: Put } {
  if (name === "hash") {
    const hashes = new Uint8Array(rows * HASH_BYTES);
    const put: Put = (row, value) =>
      hashes.set(hashBytes(value as Uint8Array, `${where}, row ${row}`), row * HASH_BYTES);
    return { out: hashes, put };
  }
  const list = new Array<string | undefined>(rows);
  const textOf = texts(where);
  const put: Put = (row, value, fromDictionary) => {
    list[row] = value === undefined ? undefined : textOf(value, fromDictionary);
  };
  return { out: list, put };
}

function hashBytes(text: Uint8Array, where: string): Uint8Array {
  const bytes = Buffer.from(Buffer.from(text).toString("latin1"), "hex");
  if (bytes.length === HASH_BYTES && text.length === 2 * HASH_BYTES) return bytes;
  return fail("data", { where, expected: "a hash of 32 hex digits", found: "another text" });
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
