import { basename } from "node:path";
import { fail } from "../../core/index.ts";
import type { Dataset, LoadedData } from "../dataset.ts";
import { findShards, type Shard } from "./find-shards.ts";
import type { FilesOptions } from "./labelled.ts";
import { openShards, shardImages } from "./tar-shards/open-shards.ts";

interface Kind {
  readonly ending: string;
  open(name: string, shards: readonly Shard[], options: FilesOptions): Promise<LoadedData>;
  images(name: string, shards: readonly Shard[], options: FilesOptions): Promise<Dataset>;
}

/** Its libraries are loaded only where there is such a file. */
const parquet = () => import("./parquet-set/open-parquet.ts");

const kinds: readonly Kind[] = [
  {
    ending: ".parquet",
    open: async (...of) => (await parquet()).openParquet(...of),
    images: async (...of) => (await parquet()).parquetImages(...of),
  },
  { ending: ".tar", open: openShards, images: shardImages },
];

const compressed: Readonly<Record<string, string>> = {
  ".tar.gz": "gunzip",
  ".tgz": "gunzip",
  ".tar.bz2": "bunzip2",
  ".tar.xz": "unxz",
  ".tar.zst": "unzstd",
};

/**
 * For DATA without images: fails where it is a compressed tar, or a folder of them.
 * @throws MaskconError `data`
 */
export async function refuseCompressed(path: string, isFolder: boolean): Promise<void> {
  for (const [ending, tool] of Object.entries(compressed)) {
    const shards = isFolder ? await findShards(path, ending) : undefined;
    const file = shards?.[0]?.file ?? path;
    if (!file.toLowerCase().endsWith(ending)) continue;
    const name = basename(file);
    fail("data", {
      where: file,
      expected: "a tar of images and labels, whose parts can be read one by one",
      found: "a compressed one",
      fix: `decompress first (${tool} ${name}), or, if folders are in it, unpack it (tar xf ${name}) and give its folder`,
    });
  }
}

export interface ShardSource {
  open(options: FilesOptions): Promise<LoadedData>;
  /** Every image as one set, labels or not. */
  images(options: FilesOptions): Promise<Dataset>;
}

/**
 * DATA that keeps many images in each file: one such file, or a folder of them. Undefined where it is something else.
 * @throws MaskconError `data` where a folder holds both kinds of them
 */
export async function shardSource(path: string, isFolder: boolean): Promise<ShardSource | undefined> {
  const found: { kind: Kind; shards: readonly Shard[] }[] = [];
  for (const kind of kinds) {
    const one = path.toLowerCase().endsWith(kind.ending)
      ? [{ file: path, name: basename(path), split: undefined, aside: false }]
      : undefined;
    const shards = isFolder ? await findShards(path, kind.ending) : one;
    if (shards) found.push({ kind, shards });
  }
  const [first, second] = found;
  if (first === undefined) return undefined;
  if (second !== undefined) {
    fail("data", {
      where: path,
      expected: "files of one kind",
      found: `${first.shards[0]!.name} and ${second.shards[0]!.name}`,
      fix: "move one kind elsewhere",
    });
  }
  const { kind, shards } = first;
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
