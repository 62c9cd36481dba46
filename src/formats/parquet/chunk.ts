import { fail } from "../../core/index.ts";
import type { Footer, Leaf } from "./footer.ts";
import type { ColumnMetaData } from "./hyparquet.ts";
import { worded } from "./reason.ts";

/** More rows than any writer puts into a group. */
const MAX_GROUP_ROWS = 2 ** 24;

/** The values of one column in one row group: pages, one after the other. */
export interface Chunk {
  readonly leaf: Leaf;
  readonly codec: ColumnMetaData["codec"];
  /** Bytes of the file. */
  readonly start: number;
  readonly end: number;
  readonly rows: number;
}

/**
 * Where a column's values of a row group lie.
 * @throws MaskconError "data" where the footer promises the impossible
 */
export function chunkOf(file: string, { metadata, start: dataEnd }: Footer, group: number, leaf: Leaf): Chunk {
  const where = `${file}, row group ${group}, column ${leaf.path}`;
  const { columns, num_rows } = metadata.row_groups[group]!;
  const rows = Number(num_rows);
  const chunk = columns.find(({ meta_data: meta }) => meta?.path_in_schema.join(".") === leaf.path);
  const meta = chunk?.meta_data;
  if (!chunk || !meta) return fail("data", { where, expected: "its values", found: "none" });
  if (chunk.file_path) {
    fail("data", { where, expected: "values in this file", found: `a reference to ${chunk.file_path}` });
  }
  const { data_page_offset, total_compressed_size, num_values } = meta;
  if ([data_page_offset, total_compressed_size, num_values, meta.type].includes(undefined as never)) {
    fail("data", { where, expected: "where its values are, their number and type", found: "not all of these" });
  }
  if (rows > MAX_GROUP_ROWS || num_values !== num_rows || meta.type !== leaf.element.type) {
    const expected = `${rows} values of ${leaf.element.type ?? "an unknown type"}, at most ${MAX_GROUP_ROWS}`;
    fail("data", { where, expected, found: `${worded(num_values)} of ${meta.type}` });
  }
  const dictionary = Number(meta.dictionary_page_offset ?? 0);
  const data = Number(data_page_offset);
  const start = dictionary > 0 && dictionary < data ? dictionary : data;
  const end = start + Number(total_compressed_size);
  if (!(start >= 4 && start <= end && end <= dataEnd)) {
    fail("data", {
      where,
      expected: `bytes from 4 to ${dataEnd} of the file`,
      found: `${worded(start)} to ${worded(end)}`,
    });
  }
  return { leaf, codec: meta.codec, start, end, rows };
}
