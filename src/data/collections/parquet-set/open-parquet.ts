import { fail } from "../../../core/index.ts";
import type { Dataset, LoadedData } from "../../dataset.ts";
import { createSpool, type Spool } from "../../images/spool.ts";
import type { Shard } from "../find-shards.ts";
import { dataFromFiles, imagesFromFiles } from "../from-files.ts";
import type { FilesOptions, LabelledFile } from "../labelled.ts";
import { readParquet } from "./read-parquet.ts";

/** Encoded images are kept in memory up to this many bytes, or as many as decoded ones may take if that is less. */
const SPOOL_BYTES = 2 ** 29;

/**
 * A Hugging Face image dataset: Parquet files with a column of encoded images and columns of labels (see `chooseColumns`).
 * @param name the file or folder, for messages
 */
export function openParquet(name: string, shards: readonly Shard[], options: FilesOptions): Promise<LoadedData> {
  return throughSpool(name, shards, options, true, async (files) => {
    const data = await dataFromFiles(name, files, options);
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
  labels: boolean,
  make: (files: LabelledFile[]) => Promise<{ data: T; sets: readonly (Dataset | undefined)[] }>,
): Promise<T> {
  const spool = createSpool(Math.min(options.cacheBytes ?? SPOOL_BYTES, SPOOL_BYTES));
  try {
    const files = await readAll(shards, spool, options, labels);
    if (files.length === 0) fail("data", { where: name, expected: "rows with images", found: "none" });
    await spool.finish();
    const { data, sets } = await make(files);
    if (!sets.some((set) => set?.source.kind === "slices")) await spool.dispose();
    return data;
  } catch (error) {
    await spool.dispose();
    throw error;
  }
}

async function readAll(shards: readonly Shard[], spool: Spool, options: FilesOptions, labels: boolean) {
  const files: LabelledFile[] = [];
  for (const shard of shards) {
    const read = await readParquet(shard, spool, { ...options, labels });
    for (const file of read) files.push(file);
  }
  if (!labels) return files;
  const some = files.find(({ fine }) => fine !== undefined);
  const none = files.find(({ fine }) => fine === undefined);
  if (some && none) {
    const found = `some in ${some.id} and none in ${none.id}`;
    fail("data", { where: none.id, expected: "fine labels in every file, or in none", found });
  }
  return files;
}
