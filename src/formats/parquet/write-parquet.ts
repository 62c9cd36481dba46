import type { ColumnSource } from "hyparquet-writer";
import { writeFileAtomically } from "../../core/atomic-file.ts";

/** A column of a table to write: int32 or float32 numbers, or text; `undefined` for null where it is nullable. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: "INT32" | "FLOAT" | "STRING";
  readonly nullable: boolean;
}

/** Values by column, all of one length. */
export type ParquetRows = Readonly<Record<string, ArrayLike<number | string | undefined>>>;

/** Rows of a row group: readers take one at a time. */
const GROUP_ROWS = 65_536;

/**
 * Writes a Parquet file (Snappy), atomically, from blocks of rows; one block is in memory at a time, with the bytes that
 * were written.
 * @throws MaskconError "disk" where it cannot be written
 */
export async function writeParquet(
  file: string,
  columns: readonly ParquetColumn[],
  blocks: Iterable<ParquetRows> | AsyncIterable<ParquetRows>,
): Promise<void> {
  // Most commands read Parquet at most.
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import("hyparquet-writer");
  const bytes = new ByteWriter();
  const schema = schemaFromColumnData({ columnData: columns.map((column): ColumnSource => ({ ...column, data: [] })) });
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: "maskcon" });
  for await (const rows of blocks) {
    const columnData = columns.map((column): ColumnSource => ({ ...column, data: listOf(rows[column.name]!) }));
    await writer.write({ columnData, rowGroupSize: GROUP_ROWS });
  }
  await writer.finish();
  await writeFileAtomically(file, [bytes.getBytes()]);
}

/** The writer takes null for a value that is not there. */
const listOf = (values: ArrayLike<number | string | undefined>) =>
  values instanceof Int32Array || values instanceof Float32Array
    ? values
    : Array.from(values, (value) => value ?? null);
