import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { asDiskFailure, makeFolder } from "../../../core/atomic-file.ts";
import { fail, MaskconError, messageOf } from "../../../core/index.ts";
import { digestOf } from "../../../formats/index.ts";
import type { RemoteFile } from "../origin.ts";
import { type Answer, bodyOf, Interrupted, request } from "./request.ts";

export interface FetchOptions {
  /** Bytes so far. */
  readonly onProgress?: ((file: RemoteFile, received: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Failures in a row without a new byte before giving up; default 4. */
  readonly tries?: number | undefined;
  /** Wait after the first failure, doubled each time; default 1000. */
  readonly pauseMs?: number | undefined;
  /** How long the server may stay silent; default 30000. */
  readonly idleMs?: number | undefined;
}

interface Place {
  readonly file: RemoteFile;
  readonly target: string;
  /** What has come so far; kept when the download breaks off. */
  readonly part: string;
  /** Names the server's version of `part`, so that the rest is not taken from another. */
  readonly version: string;
}

/**
 * Fetches a file into `folder`, going on from `NAME.part` where that is there. Nothing has the final name before its checksum
 * is right; a file that is already there is checked and kept.
 * @throws MaskconError "data" where it is unreachable, refused or cut too often (the part stays), or another file (the part goes)
 */
export async function fetchFile(file: RemoteFile, folder: string, options: FetchOptions = {}): Promise<void> {
  const target = join(folder, file.name);
  const place: Place = { file, target, part: `${target}.part`, version: `${target}.part.version` };
  if (await sizeOf(target)) return checkThere(place, options.signal);
  await makeFolder(dirname(target)).catch((error) => {
    throw asDiskFailure(error, dirname(target), "a folder to fetch into");
  });
  await receiveAll(place, options);
  const found = await digestOf(place.part, "md5", options.signal);
  await rm(place.version, { force: true });
  if (found !== file.md5) {
    await rm(place.part, { force: true });
    const fix = "what came was deleted; run again, and if it stays so the address holds another file";
    fail("data", { where: file.url, expected: `a file of MD5 ${file.md5}`, found: `MD5 ${found}`, fix });
  }
  await rename(place.part, target);
}

async function checkThere({ file, target }: Place, signal: AbortSignal | undefined): Promise<void> {
  const found = await digestOf(target, "md5", signal);
  if (found === file.md5) return;
  const fix = "it is not the official file: move it away, and run again";
  fail("data", { where: target, expected: `MD5 ${file.md5}`, found, fix });
}

async function receiveAll(place: Place, options: FetchOptions): Promise<void> {
  const { tries = 4, pauseMs = 1000, signal } = options;
  let most = await sizeOf(place.part);
  for (let failures = 0; ; ) {
    try {
      if (await receive(place, options)) return;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Interrupted)) throw error;
      const have = await sizeOf(place.part);
      // A server without ranges begins anew each time: more than at its last try is no progress.
      failures = have > most ? 1 : failures + 1;
      most = Math.max(most, have);
      if (failures >= tries) giveUp(place, error, have);
      await sleep(pauseMs * 2 ** (failures - 1), undefined, signal ? { signal } : {});
    }
  }
}

function giveUp({ file, target }: Place, error: Error, have: number): never {
  const kept = have > 0 ? `run again to go on from byte ${have}` : "run again";
  const fix = `${kept}, or download it by other means, place it as ${target} and run again`;
  return fail("data", { where: file.url, expected: `to download ${file.name}`, found: messageOf(error), fix }, error);
}

/** One request. True once the part has all its bytes; false to start over. Rejects with `Interrupted` to go on from there. */
async function receive(place: Place, { onProgress, signal, idleMs = 30_000 }: FetchOptions): Promise<boolean> {
  const { file, part } = place;
  const have = await sizeOf(part);
  if (have === file.bytes) return true;
  if (have > file.bytes) return startOver(place);
  const answer = await request(file.url, await headersFor(place, have), idleMs, signal).catch((error: unknown) => {
    if (error instanceof Interrupted || error instanceof MaskconError || signal?.aborted) throw error;
    return fail("data", { where: file.url, expected: `to download ${file.name}`, found: messageOf(error) }, error);
  });
  const { message } = answer;
  const body = bodyOf(message);
  try {
    const from = startOf(message, have);
    if (from === undefined && have > 0) return startOver(place);
    refuseStatus(place, answer);
    refuseSize(place, message, from ?? 0);
    const { etag, "last-modified": modified } = message.headers;
    // A weak tag does not promise equal bytes.
    await writeFile(place.version, etag && !etag.startsWith("W/") ? etag : (modified ?? "")).catch((error) => {
      throw asDiskFailure(error, place.version);
    });
    await write(place, body, from ?? 0, onProgress);
    return true;
  } finally {
    message.destroy();
  }
}

async function headersFor({ version }: Place, have: number): Promise<OutgoingHttpHeaders> {
  if (have === 0) return {};
  const known = await readFile(version, "utf8").catch(() => "");
  return { range: `bytes=${have}-`, ...(known ? { "if-range": known } : {}) };
}

/** The place the answer's bytes belong to. Undefined: the server cannot go on from `have`. */
function startOf({ statusCode, headers }: IncomingMessage, have: number): number | undefined {
  if (statusCode === 416) return undefined;
  if (statusCode !== 206) return 0;
  return Number(/^bytes (\d+)-/.exec(headers["content-range"] ?? "")?.[1]) === have ? have : undefined;
}

function refuseStatus({ file, target }: Place, { message, proxy, ofProxy }: Answer): void {
  const { statusCode = 0, statusMessage } = message;
  if (!ofProxy && (statusCode === 200 || statusCode === 206)) return;
  const needsPassword = proxy !== undefined && statusCode === 407;
  const from = proxy ? `${ofProxy || needsPassword ? " of" : " through"} ${proxy.shown}` : "";
  const found = `the answer ${`${statusCode} ${statusMessage ?? ""}`.trim()}${from}`;
  if (statusCode >= 500 || statusCode === 408 || statusCode === 429) throw new Interrupted(found);
  const fix = needsPassword
    ? `give user and password in ${proxy.variable}, as ${proxy.url.protocol}//USER:PASSWORD@${proxy.url.host}`
    : `find it by other means, place it as ${target} and run again`;
  fail("data", { where: file.url, expected: `to download ${file.name}`, found, fix });
}

/** A server that says how much it will send is refused at once if that is another size. */
function refuseSize({ file }: Place, { headers }: IncomingMessage, from: number): void {
  const length = headers["content-length"];
  if (length === undefined || from + Number(length) === file.bytes) return;
  const found = `${from + Number(length)}: the address holds another file`;
  fail("data", { where: file.url, expected: `${file.bytes} bytes`, found });
}

async function write(
  place: Place,
  body: () => Promise<Buffer | undefined>,
  from: number,
  onProgress: FetchOptions["onProgress"],
): Promise<void> {
  const { file, part } = place;
  const onDisk = (error: unknown): never => {
    throw asDiskFailure(error, part, "to write what comes", "what came is kept");
  };
  const handle: FileHandle = await open(part, from === 0 ? "w" : "r+").catch(onDisk);
  let at = from;
  try {
    for (let piece = await body(); piece; piece = await body()) {
      if (at + piece.length > file.bytes) await tooMuch(place);
      await writeAll(handle, piece, at).catch(onDisk);
      at += piece.length;
      onProgress?.(file, at);
    }
    if (at < file.bytes) throw new Interrupted("a cut connection");
    await handle.sync().catch(onDisk);
  } finally {
    await handle.close();
  }
}

/** A single write may take a part alone: the last one before a full disk does. */
async function writeAll(handle: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  }
}

async function tooMuch({ file, part, version }: Place): Promise<never> {
  await rm(part, { force: true });
  await rm(version, { force: true });
  const found = "more: the address holds another file; what came was deleted";
  return fail("data", { where: file.url, expected: `${file.bytes} bytes`, found });
}

async function startOver({ part, version }: Place): Promise<false> {
  await rm(part, { force: true });
  await rm(version, { force: true });
  return false;
}

const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(() => undefined))?.size ?? 0;
