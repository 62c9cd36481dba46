import { fail } from "../core/index.ts";
import { digestOf } from "../formats/index.ts";
import { openCollection } from "./open.ts";
import { partPaths } from "./part-files.ts";

/**
 * Reads every file of rows and vectors and compares it with the checksum in `collection.json`. Opening looks at the rows
 * alone, and at the lengths of vectors when these are read.
 * @throws MaskconError "data" where one is damaged or missing
 */
export async function checkCollection(folder: string): Promise<void> {
  const { record } = await openCollection(folder);
  for (const part of record.parts) {
    const paths = partPaths(folder, part);
    for (const kind of ["rows", "trained", "frozen"] as const) {
      const found = await digestOf(paths[kind], "sha256");
      if (found === part.sha256[kind]) continue;
      const expected = `contents with SHA-256 ${part.sha256[kind].slice(0, 16)}…, as collection.json says`;
      fail("data", { where: paths[kind], expected, found: `${found.slice(0, 16)}…: the file is damaged` });
    }
  }
}
