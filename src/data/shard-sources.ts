import { basename } from "node:path";
import type { Dataset, LoadedData } from "./dataset.ts";
import { openShards, shardImages } from "./shards/open-shards.ts";
import { findShards, type Shard } from "./sources/find-shards.ts";
import type { FilesOptions } from "./sources/labelled.ts";

interface Kind {
  readonly ending: string;
  open(name: string, shards: readonly Shard[], options: FilesOptions): Promise<LoadedData>;
  images(name: string, shards: readonly Shard[], options: FilesOptions): Promise<Dataset>;
}

/** Its libraries are loaded only where there is such a file. */
const parquet = () => import("./parquet/open-parquet.ts");

const kinds: readonly Kind[] = [
  {
    ending: ".parquet",
    open: async (...of) => (await parquet()).openParquet(...of),
    images: async (...of) => (await parquet()).parquetImages(...of),
  },
  { ending: ".tar", open: openShards, images: shardImages },
];

export interface ShardSource {
  open(options: FilesOptions): Promise<LoadedData>;
  /** Every image as one set, labels or not. */
  images(options: FilesOptions): Promise<Dataset>;
}

/** DATA that keeps many images in each file: one such file, or a folder of them. Undefined where it is something else. */
export async function shardSource(path: string, isFolder: boolean): Promise<ShardSource | undefined> {
  for (const kind of kinds) {
    const one = path.toLowerCase().endsWith(kind.ending)
      ? [{ file: path, name: basename(path), split: undefined, aside: false }]
      : undefined;
    const shards = isFolder ? await findShards(path, kind.ending) : one;
    if (!shards) continue;
    return {
      open: (options) =>
        kind.open(
          path,
          shards.filter(({ aside }) => !aside),
          options,
        ),
      images: (options) => kind.images(path, shards, options),
    };
  }
  return undefined;
}
