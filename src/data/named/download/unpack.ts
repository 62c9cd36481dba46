import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type * as tar from "tar-stream";
import { asDiskFailure } from "../../../core/atomic-file.ts";
import { fail, fsReason, MaskconError, messageOf } from "../../../core/index.ts";
import { digestOf } from "../../../formats/index.ts";

type Entry = tar.ExtractEvents["entry"][1];

const MAX_ENTRIES = 10_000;

/**
 * Unpacks a .tar.gz of one top folder, whose content goes into `folder`. Everything is written aside first, and takes its place
 * only when the archive was read to its end. What is there already stays; nothing of another content is replaced.
 * @param maxBytes what it may unpack to, in all
 * @throws MaskconError "data" where the archive is damaged, holds a link, a device, a path that leads outside or too much
 */
export async function unpackTarGz(
  archive: string,
  folder: string,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<string[]> {
  const aside = join(folder, ".unpacking");
  await rm(aside, { recursive: true, force: true });
  try {
    const paths = await extract(archive, aside, maxBytes, signal);
    const missing = new Set<string>();
    for (const path of paths) if (!(await isThere(join(aside, path), join(folder, path)))) missing.add(path);
    for (const path of missing) await place(join(aside, path), join(folder, path));
    return paths;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/**
 * Whether `to` has the content of `from` already.
 * @throws MaskconError "data" where something else has its name
 */
async function isThere(from: string, to: string): Promise<boolean> {
  const found = await stat(to).catch((error) => {
    return codeOf(error) === "ENOENT" ? undefined : inTheWay(to, fsReason(error), error);
  });
  if (!found) return false;
  const same = found.isFile() && (await digestOf(from, "sha256")) === (await digestOf(to, "sha256"));
  return same || inTheWay(to, found.isFile() ? "another file" : "something else");
}

function inTheWay(where: string, found: string, error?: unknown): never {
  const fix = "move it away, and run again";
  fail("data", { where, expected: "room for a file of the dataset", found, fix }, error);
}

async function place(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to);
}

async function extract(
  archive: string,
  aside: string,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const entries = (await import("tar-stream")).extract();
  const paths: string[] = [];
  let bytes = 0;
  let count = 0;
  const take = async ({ name, type, size }: tar.Header, content: Entry) => {
    bytes += size;
    const where = `${archive}, entry ${count++}`;
    if (count > MAX_ENTRIES || bytes > maxBytes) tooMuch(where, maxBytes);
    const path = pathOf(where, name, type ?? "file");
    if (path === undefined || type === "directory") return void content.resume();
    await mkdir(dirname(join(aside, path)), { recursive: true });
    await pipeline(content, createWriteStream(join(aside, path)), { signal: broken.signal });
    paths.push(path);
  };
  // A file under way does not notice by itself that its archive broke off.
  const broken = new AbortController();
  let taking: Promise<void> = Promise.resolve();
  entries.on("entry", (header, content, next) => {
    // Its error is that of the whole archive, which `next` passes on.
    content.on("error", () => undefined);
    taking = take(header, content);
    taking.then(() => next(), next);
  });
  const source = createReadStream(archive);
  const read = pipeline(source, createGunzip(), atMost(archive, maxBytes), entries, signal ? { signal } : {});
  const [outcome] = await Promise.allSettled([read]);
  if (outcome.status === "rejected") broken.abort();
  const results = [outcome, ...(await Promise.allSettled([taking]))];
  signal?.throwIfAborted();
  const errors = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  if (errors.length > 0) throwCause(errors, `${archive}, by byte ${source.bytesRead}`, aside);
  return paths;
}

/** Of all that failed, a refusal of the archive or of the disk comes first: the rest follows from it. */
function throwCause(errors: readonly unknown[], where: string, aside: string): never {
  const own = errors.find((error) => error instanceof MaskconError);
  if (own) throw own;
  const disk = errors.find((error) => ["ENOSPC", "EDQUOT", "EACCES", "EROFS"].includes(codeOf(error)));
  if (disk) throw asDiskFailure(disk, aside, "to unpack into this folder");
  const fix = "delete it and run again";
  fail("data", { where, expected: "a whole .tar.gz", found: messageOf(errors[0]), fix }, errors[0]);
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? "";

/** Counts what gzip yields: padding and headers too, which no entry's size counts. */
function atMost(archive: string, maxBytes: number): Transform {
  const limit = maxBytes + MAX_ENTRIES * 1024 + (1 << 20);
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      try {
        if (bytes > limit) tooMuch(`${archive}, byte ${limit} of what it unpacks to`, maxBytes);
        done(null, chunk);
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

function tooMuch(where: string, maxBytes: number): never {
  const expected = `at most ${maxBytes} bytes and ${MAX_ENTRIES} files in it`;
  return fail("data", { where, expected, found: "more", fix: "it is not the official archive: delete it" });
}

/** The path without the archive's top folder; undefined for that folder itself. */
function pathOf(where: string, name: string, type: string): string | undefined {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  const outside = name.startsWith("/") || /[\\:\0]/.test(name) || parts.includes("..");
  if (outside || !["file", "contiguous-file", "directory"].includes(type)) {
    const found = outside ? `the path ${JSON.stringify(name)}` : `${JSON.stringify(name)}, a ${type}`;
    const fix = "it is not the official archive: delete it";
    fail("data", { where, expected: "plain files below one folder", found, fix });
  }
  return parts.length > 1 ? parts.slice(1).join("/") : undefined;
}
