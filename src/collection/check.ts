import { checkContents } from "./check-contents.ts";
import { openCollection, steadily } from "./open.ts";
import { partPaths } from "./part-files.ts";

/**
 * Reads every file of rows and vectors and compares it with the checksum in `collection.json`. Opening looks at the rows
 * alone, and at the lengths of vectors when these are read. Encoders, thumbnails and the map have no checksum there.
 * @throws MaskconError "data" where one is damaged or missing
 */
export async function checkCollection(folder: string): Promise<void> {
  await openCollection(folder);
  await steadily(folder, async ({ parts }) => {
    for (const part of parts) {
      const paths = partPaths(folder, part);
      for (const kind of ["rows", "trained", "frozen"] as const) {
        await checkContents(paths[kind], part.sha256[kind], "collection.json");
      }
    }
  });
}
