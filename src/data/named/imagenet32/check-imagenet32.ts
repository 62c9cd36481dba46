import { join } from "node:path";
import { checkFiles } from "../check-files.ts";
import { withFailure } from "../checked.ts";
import type { DatasetCheck } from "../dataset-check.ts";
import { NO_CHECKSUM } from "../published.ts";
import { openImagenet32Parts } from "./imagenet32.ts";
import { imagenet32Batches, imagenet32Maps, imagenet32Source, mapFix } from "./imagenet32-files.ts";
import { imagenet32Facts } from "./imagenet32-labels.ts";
import { readImagenet32Maps } from "./imagenet32-maps.ts";

/** Reads labels and maps, and every file's checksum; no pixel is kept. */
export async function checkImagenet32(
  folder: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<DatasetCheck> {
  // Published sums are those of the pickles.
  const batches = Object.entries(imagenet32Batches);
  const archives = batches
    .map(([name]) => name)
    .filter((name) => names.includes(`${name}.npz`) && !names.includes(name));
  const pickles = Object.fromEntries(batches.filter(([name]) => !archives.includes(name)));
  const files = [
    ...archives.map((name) => ({ file: join(folder, `${name}.npz`), note: NO_CHECKSUM })),
    ...(await checkFiles(folder, names, pickles, imagenet32Source, signal)),
    ...(await checkFiles(folder, names, imagenet32Maps, mapFix, signal)),
  ];
  try {
    const maps = await readImagenet32Maps(folder);
    const { train, test } = await openImagenet32Parts(folder, names, true);
    for (const part of [...train, test].filter(({ name }) => name.endsWith(".npz"))) {
      // Reading to the end compares the checksum that the zip itself gives.
      for await (const _ of part.pixels()) signal?.throwIfAborted();
    }
    return { files, facts: imagenet32Facts(train, test, maps) };
  } catch (error) {
    return withFailure(folder, files, error);
  }
}
