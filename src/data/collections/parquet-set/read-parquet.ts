import { fail } from "../../../core/index.ts";
import { type ByteRanges, withRanges } from "../../../formats/index.ts";
import { chunkOf, columnValues, type Footer, type ParquetValue, readFooter } from "../../../formats/parquet/index.ts";
import type { ByteRange } from "../../images/encoded.ts";
import type { Spool } from "../../images/spool.ts";
import type { Shard } from "../find-shards.ts";
import type { FilesOptions, LabelledFile } from "../labelled.ts";
import { type Columns, chooseColumns, type LabelColumn } from "./choose-columns.ts";
import { labelText } from "./label-text.ts";

export interface ReadOptions extends FilesOptions {
  /** Whether every row must have its labels. */
  readonly labels: boolean;
}

export interface ParquetImages {
  readonly files: readonly LabelledFile[];
  /** Undefined where the file has no rows. */
  readonly columns: Columns | undefined;
}

/**
 * The labelled images of one Parquet file; the encoded images go into the spool. One row group's labels and one page of
 * images are in memory at a time.
 * @throws MaskconError "data" where the file is damaged, with the byte or the row
 */
export function readParquet(shard: Shard, spool: Spool, options: ReadOptions): Promise<ParquetImages> {
  return withRanges(shard.file, async (ranges) => {
    const footer = await readFooter(ranges);
    // An empty table may have columns of other types, or none.
    if (footer.rows === 0) return { files: [], columns: undefined };
    const columns = chooseColumns(shard.file, footer, options, options.labels);
    const files: LabelledFile[] = [];
    for (const [group, { num_rows }] of footer.metadata.row_groups.entries()) {
      // It may have no pages.
      if (Number(num_rows) === 0) continue;
      const first = files.length;
      const coarse = await labels(ranges, footer, group, first, columns.coarse);
      const fine = await labels(ranges, footer, group, first, columns.fine);
      for await (const { slice, problem } of images(ranges, footer, group, columns, spool, options.signal)) {
        const row = files.length;
        const id = `${shard.name}#${row}`;
        const label = (column: LabelColumn | undefined, texts: (string | undefined)[] | undefined) =>
          texts?.[row - first] ??
          (column && options.labels ? unlabelled(`${shard.file}, row ${row}`, column) : undefined);
        const labelled = { coarse: label(columns.coarse, coarse) ?? "", fine: label(columns.fine, fine) };
        files.push({ file: slice ?? "", id, split: shard.split, ...labelled, problem });
      }
    }
    return { files, columns };
  });
}

async function labels(
  ranges: ByteRanges,
  footer: Footer,
  group: number,
  first: number,
  column: LabelColumn | undefined,
): Promise<(string | undefined)[] | undefined> {
  if (!column) return undefined;
  const texts: (string | undefined)[] = [];
  for await (const { values } of columnValues(ranges, chunkOf(ranges.file, footer, group, column.leaf))) {
    for (const value of values) {
      texts.push(labelText(value, column, `${ranges.file}, row ${first + texts.length}`));
    }
  }
  return texts;
}

async function* images(
  ranges: ByteRanges,
  footer: Footer,
  group: number,
  { image }: Columns,
  spool: Spool,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ slice: ByteRange | undefined; problem: string | undefined }> {
  // The entries of a dictionary are kept once, however often a file repeats them.
  const kept = new Map<ParquetValue, ByteRange>();
  for await (const { values, fromDictionary } of columnValues(ranges, chunkOf(ranges.file, footer, group, image))) {
    signal?.throwIfAborted();
    for (const value of values) {
      if (!(value instanceof Uint8Array) || value.length === 0) {
        yield { slice: undefined, problem: `column ${image.path} holds no bytes of an image` };
        continue;
      }
      const slice = kept.get(value) ?? (await spool.add(value));
      if (fromDictionary) kept.set(value, slice);
      yield { slice, problem: undefined };
    }
  }
}

function unlabelled(where: string, { leaf }: LabelColumn): never {
  return fail("data", {
    where,
    expected: `a label in column ${leaf.path}`,
    found: "none (null, -1 or empty)",
    fix: "name another column, or move the files of an unlabelled split away",
  });
}
