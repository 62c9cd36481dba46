import { join } from "node:path";
import { checkFiles } from "../check-files.ts";
import { withFailure } from "../checked.ts";
import type { DatasetCheck } from "../dataset-check.ts";
import { type Expected, factsOf, type Labels } from "../facts.ts";
import { imagenet32, imagenet32Maps, imagenet32Source, NO_CHECKSUM } from "../published.ts";
import { imagenet32Counts, openImagenet32Parts } from "./imagenet32.ts";
import { IMAGENET_CLASSES, type Imagenet32Maps, mapFix, readImagenet32Maps } from "./imagenet32-maps.ts";
import type { Imagenet32Part } from "./imagenet32-part.ts";

const expected: Expected = {
  ...imagenet32Counts,
  coarse: 12,
  fine: 1000,
  trainEach: [732, 1300],
  testEach: [50, 50],
};

/** Reads labels and maps, and every file's checksum; no pixel is kept. */
export async function checkImagenet32(
  folder: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<DatasetCheck> {
  // Published sums are those of the pickles.
  const archives = Object.keys(imagenet32).filter((name) => names.includes(`${name}.npz`) && !names.includes(name));
  const pickles = Object.fromEntries(Object.entries(imagenet32).filter(([name]) => !archives.includes(name)));
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
    return { files, facts: factsOf(labelsOf(train, maps), labelsOf([test], maps), expected) };
  } catch (error) {
    return withFailure(folder, files, error);
  }
}

function labelsOf(parts: readonly Imagenet32Part[], maps: Imagenet32Maps): Labels {
  const labels = parts.flatMap((part) => [...part.labels]);
  const fine = Int32Array.from(labels, (label) => maps.fine[label - 1]!);
  return {
    length: fine.length,
    fine,
    coarse: fine.map((label) => maps.coarse[label]!),
    fineCount: IMAGENET_CLASSES,
    coarseCount: maps.coarseCount,
  };
}
