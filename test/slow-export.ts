import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sampleRow, unitRows, writeSample } from "./collection-samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Of the file that all images are: an export reads it twice for each of them. */
const BYTES = 2 ** 23;

/** A collection whose export takes seconds, alone in a folder. Its rows are images of one large file, which is none. */
export async function slowToExport(rows: number): Promise<{ root: string; folder: string }> {
  const root = temporaryFolder();
  const file = join(root, "0.png");
  const bytes = Buffer.alloc(BYTES, 7);
  writeFileSync(file, bytes);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 32);
  const folder = join(root, "collection");
  mkdirSync(folder);
  const all = Array.from({ length: rows }, (_, i) => sampleRow(i + 1, { file, hash }));
  await writeSample(folder, [all], { vectors: unitRows(rows, 8, 3) });
  return { root, folder };
}
