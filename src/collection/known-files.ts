import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { writeFileAtomically } from "../core/atomic-file.ts";
import { MaskconError } from "../core/index.ts";
import { type KnownFile, type KnownImage, type KnownImages, knownImages } from "../data/index.ts";
import { readBounded } from "../formats/index.ts";
import { openCollection } from "./open.ts";
import { type CollectionRecord, recordFile } from "./record.ts";
import { type CollectionRows, hashOf } from "./rows.ts";

const FORMAT = "maskcon-known-files-1";
/** About two million files. */
const MOST_BYTES = 2 ** 28;
const NEWLINE = 10;
/** Lines that are written at once. */
const LINES = 4096;

const side = z.int().min(1);
/** Path, stamp, digest, width and height. */
const line = z.tuple([z.string(), z.string(), z.string().regex(/^[0-9a-f]{32}$/), side, side]);

const knownFilesFile = (collection: string): string => join(collection, "known-files.jsonl");

/**
 * The images of a collection, so that those of DATA that are among them need not be decoded to be added again: give them to
 * `openData` or `openImages`, and to `collectImages`, which keeps what was found. None where there is no collection yet.
 * @param checkContents whether every file is read, also one whose size, times of change and inode are as they were
 * @throws MaskconError "data" where the collection is damaged
 */
export async function readKnownImages(
  folder: string,
  { checkContents }: { readonly checkContents?: boolean | undefined } = {},
): Promise<KnownImages> {
  if (!existsSync(recordFile(folder))) return knownImages({ checkContents });
  const { rows } = await openCollection(folder);
  return knownImages({ files: await readFiles(knownFilesFile(folder)), images: imagesOf(rows), checkContents });
}

function* imagesOf(rows: CollectionRows): Generator<KnownImage> {
  for (let row = 0; row < rows.length; row++) {
    const [width, height] = [rows.widths[row]!, rows.heights[row]!];
    if (width > 0 && height > 0) yield { digest: hashOf(rows, row), width, height };
  }
}

/** None where the list is missing or not whole: the images are then known by their content alone. */
async function readFiles(file: string): Promise<KnownFile[]> {
  try {
    const bytes = await readBounded(file, MOST_BYTES);
    const start = bytes.indexOf(NEWLINE) + 1;
    const sha256 = createHash("sha256").update(bytes.subarray(start)).digest("hex");
    const { success } = z
      .strictObject({ format: z.literal(FORMAT), sha256: z.literal(sha256) })
      .safeParse(JSON.parse(bytes.toString("utf8", 0, start)));
    return success ? [...filesOf(bytes, start)] : [];
  } catch (error) {
    if (error instanceof MaskconError || error instanceof SyntaxError || error instanceof z.ZodError) return [];
    throw error;
  }
}

function* filesOf(bytes: Buffer, start: number): Generator<KnownFile> {
  for (let at = start; at < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, at);
    const [path, stamp, digest, width, height] = line.parse(JSON.parse(bytes.toString("utf8", at, end)));
    yield { path, stamp, digest, width, height };
    at = end + 1;
  }
}

/**
 * Keeps which files were found to hold which images. Whoever calls it has the lock.
 * @param rows whose files are kept, too, where they were not looked at this time
 * @throws MaskconError "disk" where the list cannot be written
 */
export async function writeKnownFiles(
  folder: string,
  known: KnownImages,
  { rows, record }: { readonly rows: CollectionRows | undefined; readonly record: CollectionRecord },
): Promise<void> {
  const paths = new Set(known.present);
  for (let row = 0; rows && row < rows.length; row++) {
    const name = rows.files[row];
    if (name !== undefined) paths.add(resolve(record.sources[rows.sources[row]!]!.folder, name));
  }
  const files = [...paths].sort().flatMap((path) => known.files.get(path) ?? []);
  const chunks: Buffer[] = [];
  for (let from = 0; from < files.length; from += LINES) {
    const lines = files
      .slice(from, from + LINES)
      .map(({ path, stamp, digest, width, height }) => `${JSON.stringify([path, stamp, digest, width, height])}\n`);
    chunks.push(Buffer.from(lines.join("")));
  }
  const hash = createHash("sha256");
  for (const chunk of chunks) hash.update(chunk);
  const head = Buffer.from(`${JSON.stringify({ format: FORMAT, sha256: hash.digest("hex") })}\n`);
  const file = knownFilesFile(folder);
  // A list that nobody would read is of no use.
  if (chunks.reduce((sum, { length }) => sum + length, head.length) > MOST_BYTES) return rm(file, { force: true });
  await writeFileAtomically(file, [head, ...chunks]);
}
