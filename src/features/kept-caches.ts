import { lstat, readdir, readFile, rmdir, unlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import envPaths from "env-paths";
import { z } from "zod";
import { asDiskFailure, isUnfinished } from "../core/atomic-file.ts";
import { fail, fsReason } from "../core/index.ts";
import { lockFolder, lockHolder } from "../core/lock.ts";
import { featureKey } from "./feature-key.ts";
import { ABOUT, storeBytes, storeFiles } from "./feature-store.ts";

/** Where caches lie, unless somebody chose another place. */
export const cachesFolder = (chosen?: string): string =>
  chosen ?? join(envPaths("maskcon", { suffix: "" }).cache, "features");

/** Features that earlier runs left on disk. */
export interface KeptCache {
  /** Name of its folder. */
  readonly key: string;
  readonly folder: string;
  /** What they are of, in words: "16 views of the training images". */
  readonly features: string;
  /** Where the model and the images lay when they were made. */
  readonly model: string;
  readonly data: string;
  /** Side in pixels. */
  readonly imageSize: number;
  /** K; 1 of images without augmentation. */
  readonly views: number;
  readonly images: number;
  /** On disk, in all its files. */
  readonly bytes: number;
  /** Judged by its size. */
  readonly isComplete: boolean;
  /** When a run last used or made it, as ISO 8601. */
  readonly lastUsed: string;
  /** The process that makes it at present; none where nobody does. */
  readonly maker?: string;
}

export interface KeptCaches {
  readonly folder: string;
  /** Bytes of all caches. */
  readonly bytes: number;
  /** The one that was used last first. */
  readonly caches: readonly KeptCache[];
  /** Names in the folder that are no caches of this package, links to some among them. */
  readonly others: readonly string[];
}

/**
 * The caches in a folder; none where it is not there.
 * @throws MaskconError "usage" where it cannot be read
 */
export async function keptCaches(place: string): Promise<KeptCaches> {
  const folder = resolve(place);
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    return fail("usage", { where: folder, expected: "a folder of cached features", found: fsReason(error) }, error);
  });
  const caches: KeptCache[] = [];
  const others: string[] = [];
  for (const name of names.sort()) {
    const cache = await cacheIn(folder, name);
    if (cache) caches.push(cache);
    else others.push(name);
  }
  caches.sort((a, b) => (a.lastUsed < b.lastUsed ? 1 : a.lastUsed > b.lastUsed ? -1 : 0));
  return { folder, bytes: caches.reduce((sum, { bytes }) => sum + bytes, 0), caches, others };
}

/**
 * Deletes a cache: its own files, then the empty folder. What is broken off can be deleted again.
 * @throws MaskconError "busy" where a process makes it, "disk" where it cannot be deleted
 */
export async function deleteCache({ folder, key }: KeptCache): Promise<void> {
  try {
    const unlock = lockFolder(folder, { name: LOCK, what: "features that nobody makes" });
    try {
      // Looked at again, under the lock.
      const files = (await ownFiles(folder)) ?? refuseChanged(folder);
      if (!(await readAbout(folder, key))) refuseChanged(folder);
      // The description goes last: with it the rest is known to be a cache.
      const names = [...files.keys()].filter((name) => name !== ABOUT && name !== LOCK);
      for (const name of [...names, ABOUT]) await unlink(join(folder, name));
    } finally {
      unlock();
    }
    // Another process may have begun it anew.
    await rmdir(folder).catch(() => undefined);
  } catch (error) {
    throw asDiskFailure(error, folder, "to delete features", "what is left can be deleted again");
  }
}

const refuseChanged = (folder: string): never =>
  fail("disk", { where: folder, expected: "a cache, as when it was listed", found: "something else" });

const LOCK = "lock";
/** Length of `featureKey`. */
const KEY = /^[0-9a-f]{32}$/;
const MOST_ABOUT_BYTES = 1 << 16;

/** Undefined for whatever is not surely a cache of this package: a link, a folder with other files, another description. */
async function cacheIn(root: string, key: string): Promise<KeptCache | undefined> {
  const folder = join(root, key);
  if (!KEY.test(key) || !(await lstat(folder).catch(() => undefined))?.isDirectory()) return undefined;
  const files = await ownFiles(folder);
  const about = files && (await readAbout(folder, key));
  if (!about) return undefined;
  const { features, file: model, data, imageSize, views = 1, count: images, featureDim, batch } = about;
  const bytes = [...files.values()].reduce((sum, { size }) => sum + size, 0);
  const stored = storeFiles.reduce((sum, name) => sum + (files.get(name)?.size ?? 0), 0);
  const isComplete = stored >= storeBytes({ passes: views, rows: images, batchSize: batch, featureDim });
  const lastUsed = files.get(ABOUT)!.mtime.toISOString();
  const maker = lockHolder(folder, LOCK);
  return {
    ...{ key, folder, features, model, data, imageSize, views, images, bytes, isComplete, lastUsed },
    ...(maker !== undefined && { maker }),
  };
}

/** The files of a folder by their names; undefined where one is none that a cache has. */
async function ownFiles(folder: string): Promise<Map<string, { size: number; mtime: Date }> | undefined> {
  const files = new Map<string, { size: number; mtime: Date }>();
  for (const name of await readdir(folder).catch(() => [])) {
    const info = await lstat(join(folder, name)).catch(() => undefined);
    // Gone since: an unfinished file, or a lock.
    if (!info) continue;
    const isOwn =
      name === ABOUT || storeFiles.includes(name) || isUnfinished(name) || /^lock(\.stale)?(\.\d+)?$/.test(name);
    if (!isOwn || !info.isFile()) return undefined;
    files.set(name, info);
  }
  return files.has(ABOUT) ? files : undefined;
}

const count = z.int().positive();
const aboutSchema = z.object({
  ...{ features: z.string(), file: z.string(), data: z.string() },
  ...{ imageSize: count, count, featureDim: count, batch: count, views: count.optional() },
});

/** What a cache says of itself; undefined unless that gives the key which its folder is named after. */
async function readAbout(folder: string, key: string) {
  const path = join(folder, ABOUT);
  const info = await lstat(path).catch(() => undefined);
  if (!info?.isFile() || info.size > MOST_ABOUT_BYTES) return undefined;
  const values = await readFile(path, "utf8")
    .then(JSON.parse)
    .catch(() => undefined);
  const about = aboutSchema.safeParse(values);
  if (!about.success) return undefined;
  const { features, file, data, ...facts } = values;
  return featureKey(facts) === key ? about.data : undefined;
}
