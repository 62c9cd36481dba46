import { fail } from "../../core/index.ts";
import type { ByteRanges } from "../byte-ranges.ts";
import { type FileMetaData, parquetMetadata, parquetSchema, type SchemaElement, type SchemaTree } from "./hyparquet.ts";
import { reasonOf, worded } from "./reason.ts";
import { walkThrift } from "./thrift-walk.ts";

const MAGIC = 0x31524150;
const ENCRYPTED = 0x45524150;
const TAIL = 8;
const MAX_FOOTER = 256 * 2 ** 20;
const MAX_COLUMNS = 10_000;
/** Of the names from the top to a column, in characters, and how many: ten thousand long ones would be gigabytes. */
const MAX_PATH = 2 ** 12;
const MAX_LEVELS = 64;

/** A column of values: a leaf of the schema. */
export interface Leaf {
  /** From the top. */
  readonly names: readonly string[];
  /** The names, joined by dots. */
  readonly path: string;
  readonly element: SchemaElement;
  /** How many of its levels may be null. */
  readonly definitionLevels: number;
  /** Inside a list: more than one value a row. */
  readonly repeated: boolean;
}

export interface Footer {
  readonly metadata: FileMetaData;
  readonly leaves: readonly Leaf[];
  readonly rows: number;
  /** Where the data ends and the footer begins. */
  readonly start: number;
}

/**
 * The footer of a Parquet file: schema, row groups, metadata.
 * @throws MaskconError "data" where it is damaged or promises more than the file can hold, with file and byte
 */
export async function readFooter(ranges: ByteRanges): Promise<Footer> {
  const { start, bytes } = await footerBytes(ranges);
  const where = `${ranges.file}, byte ${start}`;
  const damaged = (found: string, cause?: unknown): never =>
    fail("data", { where, expected: "the footer of a Parquet file", found }, cause);
  try {
    walkThrift(bytes, 0);
    const metadata = parquetMetadata(bytes, { geoparquet: false });
    if (metadata.schema.length > MAX_COLUMNS) damaged(`${metadata.schema.length} columns`);
    const rows = Number(metadata.num_rows ?? damaged("no number of rows"));
    const inGroups = metadata.row_groups.reduce(
      (sum, group) => sum + Number(group.num_rows ?? damaged("a row group without its number of rows")),
      0,
    );
    // An image takes a byte at least.
    if (!(rows >= 0 && rows <= ranges.size && rows === inGroups)) {
      damaged(`${worded(rows)} rows, and ${worded(inGroups)} in its groups`);
    }
    return { metadata, leaves: leavesOf(parquetSchema(metadata), [], 0, false), rows, start };
  } catch (error) {
    return damaged(reasonOf(error), error);
  }
}

async function footerBytes(ranges: ByteRanges): Promise<{ start: number; bytes: Uint8Array }> {
  const { file, size } = ranges;
  const expected = "a Parquet file, which ends in PAR1";
  if (size < TAIL + 4) fail("data", { where: `${file}, byte ${size}`, expected, found: `${size} bytes` });
  const tail = new DataView((await ranges.read(size - TAIL, TAIL)).buffer);
  const magic = tail.getUint32(4, true);
  if (magic !== MAGIC) {
    const found = magic === ENCRYPTED ? "an encrypted one" : "another ending";
    const fix = magic === ENCRYPTED ? "decrypt it" : "it may be cut short: fetch it again";
    fail("data", { where: `${file}, byte ${size - 4}`, expected, found, fix });
  }
  const length = tail.getUint32(0, true);
  if (length > size - TAIL - 4 || length > MAX_FOOTER) {
    const where = `${file}, byte ${size - TAIL}`;
    fail("data", { where, expected: "the length of a footer that fits the file", found: `${length} bytes of ${size}` });
  }
  const start = size - TAIL - length;
  return { start, bytes: await ranges.read(start, length + TAIL) };
}

function leavesOf(tree: SchemaTree, above: readonly string[], levels: number, repeated: boolean): Leaf[] {
  return tree.children.flatMap((child) => {
    const { element } = child;
    if (element.name === undefined) throw new Error("a column without a name");
    const names = [...above, element.name];
    const length = names.reduce((sum, name) => sum + name.length + 1, 0);
    if (names.length > MAX_LEVELS) throw new Error("structs nested too deep");
    if (length > MAX_PATH) throw new Error(`a column whose names have ${length} characters`);
    const within = levels + (element.repetition_type === "REQUIRED" ? 0 : 1);
    const inList = repeated || element.repetition_type === "REPEATED";
    if (child.children.length > 0) return leavesOf(child, names, within, inList);
    return [{ names, path: names.join("."), element, definitionLevels: within, repeated: inList }];
  });
}
