import { createHash } from "node:crypto";
import { join } from "node:path";
import { readBounded } from "../../formats/index.ts";
import type { Published } from "./published.ts";

/** The files of a published set as they are read. */
export interface PublishedFiles {
  readonly folder: string;
  /**
   * @param limit its size in bytes
   * @throws MaskconError "data" where it is missing or larger
   */
  read(name: string, limit: number): Promise<Buffer>;
  /** Whether every file read so far has its published checksum, if one is published. */
  areAsPublished(): boolean;
}

export function publishedFiles(folder: string, published: Published): PublishedFiles {
  let same = true;
  return {
    folder,
    async read(name, limit) {
      const bytes = await readBounded(join(folder, name), limit);
      const sums = published[name] ?? [];
      same &&= sums.length === 0 || sums.includes(createHash("md5").update(bytes).digest("hex"));
      return bytes;
    },
    areAsPublished: () => same,
  };
}

/** What a dataset is called: by its published name only where nothing differs from what was published. */
export const titleOf = (name: string, differs: string | false | undefined): string =>
  differs ? `${name} (${differs})` : name;
