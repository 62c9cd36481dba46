import { basename } from "node:path";
import { fail } from "../../core/index.ts";
import type { Dataset, LoadedData } from "../dataset.ts";
import { findShards, type Shard } from "./find-shards.ts";
import type { FilesOptions } from "./labelled.ts";
import type { Recogniser } from "./opener.ts";
import type { Scan } from "./scan.ts";
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
 * For a folder without images.
 * @throws MaskconError "data" where it holds compressed tars
 */
export const compressedTars: Recogniser = async (scan) => {
  if ((await scan.images()).length > 0) return undefined;
  for (const ending of Object.keys(compressed)) {
    const shards = await findShards(scan, ending);
    if (shards?.[0]) refuseCompressed(shards[0].file);
  }
  return undefined;
};

/** @throws MaskconError "data" where the file is a compressed tar */
export function refuseCompressed(file: string): void {
  const tool = Object.entries(compressed).find(([ending]) => file.toLowerCase().endsWith(ending))?.[1];
  if (tool === undefined) return;
  const name = basename(file);
  fail("data", {
    where: file,
    expected: "a tar of images and labels, whose parts can be read one by one",
    found: "a compressed one",
    fix: `decompress first (${tool} ${name}), or, if folders are in it, unpack it (tar xf ${name}) and give its folder`,
  });
}

export interface ShardSource {
  open(options: FilesOptions): Promise<LoadedData>;
  /** Every image as one set, labels or not. */
  images(options: FilesOptions): Promise<Dataset>;
}

/** A folder of Parquet files or of tars. */
export const shards: Recogniser = async (scan, options) => {
  const source = await shardFolder(scan);
  return source && { columns: true, open: () => source.open(options) };
};

/** A file that holds many images; undefined where it is of another kind. */
export function shardFile(file: string): ShardSource | undefined {
  const kind = kinds.find(({ ending }) => file.toLowerCase().endsWith(ending));
  return kind && sourceOf(file, kind, [{ file, name: basename(file), split: undefined, aside: false }]);
}

/**
 * A folder of files that hold many images; undefined where it holds something else.
 * @throws MaskconError "data" where it holds both kinds of them
 */
export async function shardFolder(scan: Scan): Promise<ShardSource | undefined> {
  const found: { kind: Kind; shards: readonly Shard[] }[] = [];
  for (const kind of kinds) {
    const shards = await findShards(scan, kind.ending);
    if (shards) found.push({ kind, shards });
  }
  const [first, second] = found;
  if (first === undefined) return undefined;
  if (second !== undefined) {
    fail("data", {
      where: scan.path,
      expected: "files of one kind",
      found: `${first.shards[0]!.name} and ${second.shards[0]!.name}`,
      fix: "move one kind elsewhere",
    });
  }
  return sourceOf(scan.path, first.kind, first.shards);
}

const sourceOf = (path: string, kind: Kind, shards: readonly Shard[]): ShardSource => ({
  open: (options) =>
    kind.open(
      path,
      shards.filter(({ aside }) => !aside),
      options,
    ),
  images: (options) => kind.images(path, shards, options),
});
