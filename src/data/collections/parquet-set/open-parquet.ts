import { fail } from "../../../core/index.ts";
import { columnType } from "../../../formats/parquet/index.ts";
import type { Dataset, LoadedData } from "../../dataset.ts";
import { createSpool, type Spool } from "../../images/spool.ts";
import { columnLabels } from "../check-labels.ts";
import type { Shard } from "../find-shards.ts";
import { dataFromFiles, imagesFromFiles } from "../from-files.ts";
import type { FilesOptions, LabelledFile } from "../labelled.ts";
import type { Columns, LabelColumn } from "./choose-columns.ts";
import { readParquet } from "./read-parquet.ts";

/** Encoded images are kept in memory up to this many bytes, or as many as decoded ones may take if that is less. */
const SPOOL_BYTES = 2 ** 29;

/**
 * A Hugging Face image dataset: Parquet files with a column of encoded images and columns of labels (see `chooseColumns`).
 * @param name the file or folder, for messages
 */
export function openParquet(name: string, shards: readonly Shard[], options: FilesOptions): Promise<LoadedData> {
  return throughSpool(name, shards, options, true, async (files, labels) => {
    const advice = labels && { labels: columnLabels(`column "${labels.leaf.path}"`) };
    const data = await dataFromFiles(name, files, options, advice);
    return { data, sets: [data.train, data.test] };
  });
}

/** Every image of every split as one set; labels are not needed. */
export function parquetImages(name: string, shards: readonly Shard[], options: FilesOptions): Promise<Dataset> {
  return throughSpool(name, shards, options, false, async (files) => {
    const data = await imagesFromFiles(name, files, options);
    return { data, sets: [data] };
  });
}

/** The spool lives as long as the sets need it. */
async function throughSpool<T>(
  name: string,
  shards: readonly Shard[],
  options: FilesOptions,
  required: boolean,
  make: (
    files: readonly LabelledFile[],
    labels: LabelColumn | undefined,
  ) => Promise<{ data: T; sets: readonly (Dataset | undefined)[] }>,
): Promise<T> {
  const spool = createSpool(Math.min(options.cacheBytes ?? SPOOL_BYTES, SPOOL_BYTES));
  try {
    const { files, labels } = await readAll(shards, spool, options, required);
    if (files.length === 0) fail("data", { where: name, expected: "rows with images", found: "none" });
    if (files.every(({ file }) => file === "")) {
      const fix = "write the images into the column: paths and URLs are not followed";
      fail("data", { where: name, expected: "encoded images", found: `no bytes in any of ${files.length} rows`, fix });
    }
    await spool.finish();
    const { data, sets } = await make(files, labels);
    if (!sets.some((set) => set?.source.kind === "slices")) await spool.dispose();
    return data;
  } catch (error) {
    await spool.dispose();
    throw error;
  }
}

async function readAll(shards: readonly Shard[], spool: Spool, options: FilesOptions, labels: boolean) {
  const files: LabelledFile[] = [];
  let first: Read | undefined;
  for (const shard of shards) {
    const read = await readParquet(shard, spool, { ...options, labels });
    for (const file of read.files) files.push(file);
    if (!labels || read.columns === undefined) continue;
    const next = { file: shard.file, columns: read.columns };
    if (first) checkAlike(first, next);
    else first = next;
  }
  return { files, labels: first?.columns.coarse };
}

interface Read {
  readonly file: string;
  readonly columns: Columns;
}

/** The number 3 of one file and the class of that number in another would pass for two classes. */
function checkAlike(first: Read, next: Read): void {
  for (const kind of ["coarse", "fine"] as const) {
    const [here, there] = [next, first].map(({ columns }) => describeLabels(columns[kind]));
    if (here === there) continue;
    fail("data", {
      where: next.file,
      expected: `${kind} labels as in ${first.file}: ${there}`,
      found: here!,
      fix: "give files of one set, written alike",
    });
  }
}

function describeLabels(column: LabelColumn | undefined): string {
  if (column === undefined) return "none";
  const { kind } = columnType(column.leaf.element);
  const content = column.names
    ? "numbers with names (ClassLabel)"
    : kind === "whole"
      ? "numbers without names"
      : "text";
  return `column ${column.leaf.path}, ${content}`;
}
