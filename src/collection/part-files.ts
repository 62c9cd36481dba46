import { lstatSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { removeUnfinished } from "../core/atomic-file.ts";
import { fail } from "../core/index.ts";
import type { CollectionPart, CollectionRecord } from "./record.ts";

/** Which encoder vectors come from: the run's, or what it began with. */
export type VectorKind = "trained" | "frozen";

/** Where the files of a part lie. */
export interface PartPaths {
  readonly folder: string;
  readonly rows: string;
  readonly trained: string;
  readonly frozen: string;
}

const partsFolder = (collection: string): string => join(collection, "parts");

export function partPaths(collection: string, { name }: Pick<CollectionPart, "name">): PartPaths {
  const folder = join(partsFolder(collection), name);
  return {
    folder,
    rows: join(folder, "rows.parquet"),
    trained: join(folder, "vectors.npy"),
    frozen: join(folder, "frozen.npy"),
  };
}

/** A sheet of thumbnails, counted from 1. Sheets belong to no part: they never move. */
export const sheetFile = (collection: string, sheet: number): string =>
  join(collection, "sheets", `${String(sheet).padStart(6, "0")}.webp`);

export const partName = (number: number): string => String(number).padStart(6, "0");

/**
 * Refuses a collection of which a folder or the journal is a link: what is written or removed would lie elsewhere.
 * @throws MaskconError "data" where one is
 */
export function refuseLinks(collection: string): void {
  for (const name of ["parts", "sheets", "groups", "edits.jsonl"]) {
    const file = join(collection, name);
    if (!lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) continue;
    const fix = "copy what it points to in its place";
    fail("data", { where: file, expected: "the collection's own file or folder", found: "a link to another", fix });
  }
}

/** Removes what writers that were killed have left: parts that `collection.json` does not list. The caller has the lock. */
export async function removeUnlisted(collection: string, { parts }: Pick<CollectionRecord, "parts">): Promise<void> {
  // Whoever makes a map has another lock.
  await removeUnfinished(collection, (file) => file.startsWith("map-"));
  for (const name of ["sheets", "groups"]) await removeUnfinished(join(collection, name));
  const listed = new Set(parts.map(({ name }) => name));
  const names = await readdir(partsFolder(collection)).catch(() => []);
  for (const name of names) {
    if (/^\d{6,9}$/.test(name) && !listed.has(name)) await removePart(collection, { name });
  }
}

/** Where a reader still has a file open and the system minds, it goes another time. */
export const removePart = (collection: string, part: Pick<CollectionPart, "name">): Promise<void> =>
  rm(partPaths(collection, part).folder, { recursive: true, force: true }).catch(() => undefined);
