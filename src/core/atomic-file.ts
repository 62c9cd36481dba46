import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, type FileHandle, link, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fail, MaskconError, messageOf } from "./errors.ts";
import { urlIn } from "./url.ts";

/** The name of an unfinished file; safe to delete when nobody is writing. */
export const isUnfinished = (name: string): boolean => /^\.[^/\\]+\.[0-9a-f]{12}\.tmp$/.test(name);

/**
 * Removes what writers that were killed left in a folder, in which nobody else may be writing.
 * @param but a file that has another writer stays
 */
export async function removeUnfinished(folder: string, but = (_file: string) => false): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  // `.FILE.HEX.tmp`
  const own = names.filter((name) => isUnfinished(name) && !but(name.slice(1)));
  for (const name of own) await rm(join(folder, name), { force: true });
}

const unfinished = (file: string): string =>
  join(dirname(file), `.${basename(file)}.${randomBytes(6).toString("hex")}.tmp`);

/**
 * Writes `file` so that at any moment, even after a crash or power loss, it holds either its old content or all of
 * the new: a temporary file in the same folder (created where missing), fsync, rename, fsync of the folder.
 * `beforeReplace` runs when the new content is safely on disk, in the file it is given, and the old is still in place.
 * @throws MaskconError "disk" where the disk is full or the folder cannot be written; the old file then stays
 */
export async function writeFileAtomically(
  file: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options: { beforeReplace?: (written: string) => Promise<void> } = {},
): Promise<void> {
  const temporary = unfinished(file);
  try {
    refuseUrl(file, dirname(file));
    await makeFolder(dirname(file));
    await writeAndSync(temporary, chunks);
    await options.beforeReplace?.(temporary);
    await replace(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw asDiskFailure(error, file);
  }
}

/** Writes text in UTF-8 as `writeFileAtomically` does. */
export const writeTextAtomically = (file: string, text: string): Promise<void> =>
  writeFileAtomically(file, [new TextEncoder().encode(text)]);

/**
 * Makes a folder and those above it. `mkdir` with `recursive` never returns where a file system denies that its own
 * folder exists (/proc on Node 20).
 * @throws MaskconError "usage" where the path is a URL
 */
export async function makeFolder(path: string): Promise<void> {
  if (existsSync(path)) return;
  refuseUrl(path, path);
  if (dirname(path) !== path) await makeFolder(dirname(path));
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}

/** A name such as `https:` may be that of a folder; then `folder` is there. */
function refuseUrl(path: string, folder: string): void {
  const url = existsSync(folder) ? undefined : urlIn(path, true);
  if (url) fail("usage", { expected: "a place on disk to write to", found: `the URL ${url}`, fix: "give a path" });
}

/** Makes `as` the same content as `file`, atomically: a hard link where the file system has them, else a copy. */
export async function duplicateFile(file: string, as: string): Promise<void> {
  const temporary = unfinished(as);
  try {
    await link(file, temporary).catch(async () => {
      await copyFile(file, temporary);
      await withFile(temporary, "r+", (handle) => handle.sync());
    });
    await replace(temporary, as);
  } catch (error) {
    throw asDiskFailure(error, as);
  } finally {
    // Renaming one hard link onto another of the same file does nothing and leaves both.
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

async function replace(temporary: string, file: string): Promise<void> {
  await rename(temporary, file);
  await syncFolder(dirname(file));
}

async function writeAndSync(file: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
  await withFile(file, "wx", async (handle) => {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.byteLength; ) {
        const { bytesWritten } = await handle.write(chunk, at, Math.min(chunk.byteLength - at, 1 << 26));
        at += bytesWritten;
      }
    }
    await handle.sync();
  });
}

async function withFile(file: string, flags: string, work: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(file, flags);
  try {
    await work(handle);
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows and some network file systems cannot sync a folder; the rename itself is done by then.
  await withFile(folder, "r", (handle) => handle.sync()).catch(() => undefined);
}

const causes: Record<string, { found: string; fix: string }> = {
  ENOSPC: { found: "a full disk", fix: "free some space and run again" },
  EDQUOT: { found: "the disk quota used up", fix: "free some space and run again" },
  EFBIG: { found: "a limit on the size of files", fix: "raise the limit (ulimit -f) or use another disk" },
  EROFS: { found: "a read-only file system", fix: "choose another place" },
  EACCES: { found: "no permission", fix: "choose another place or change the folder's permissions" },
  EPERM: { found: "no permission", fix: "choose another place or change the folder's permissions" },
  EEXIST: { found: "a file where a folder is needed", fix: "choose another place" },
  ENOTDIR: { found: "a file where a folder is needed", fix: "choose another place" },
  EISDIR: { found: "a folder of this name", fix: "choose another name" },
  ENOENT: { found: "no such folder", fix: "make the folder first or choose another place" },
};

/** What a file system's own error is as a `disk` failure of one line; anything else as it is. `after` is what became of it all. */
export function asDiskFailure(
  error: unknown,
  file: string,
  expected = "to write the file",
  after = "nothing was changed",
): unknown {
  if (error instanceof MaskconError) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (typeof code !== "string" || !/^E[A-Z0-9]+$/.test(code)) return error;
  const { found, fix } = causes[code] ?? { found: messageOf(error), fix: "look at the disk" };
  try {
    fail("disk", { where: file, expected, found, fix: `${fix}; ${after}` }, error);
  } catch (failure) {
    return failure;
  }
}
