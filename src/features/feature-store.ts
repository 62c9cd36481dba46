import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { type FileHandle, open, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { asDiskFailure, makeFolder, writeTextAtomically } from "../core/atomic-file.ts";
import { readFully } from "../formats/index.ts";

/** Rows of features on disk, in `passes` of `rows` each, made and checked in batches. */
export interface StorePlan {
  /** Of this store alone. */
  readonly folder: string;
  /** Hex digest of all that decides the features. */
  readonly key: string;
  readonly rows: number;
  readonly passes: number;
  /** Rows of a batch; the last one of a pass may have fewer. */
  readonly batchSize: number;
  /** Numbers of a row. */
  readonly featureDim: number;
  /** What is in it, for people. */
  readonly about: Readonly<Record<string, unknown>>;
}

/** float32, little-endian: [passes, rows, featureDim]. */
const FEATURES = "features.f32";
/** The first 16 bytes of each batch's SHA-256, with the key before its bytes. */
const DIGESTS = "digests.bin";
const DIGEST_BYTES = 16;
/** Of each store. */
export const storeFiles: readonly string[] = [FEATURES, DIGESTS];
/** What is in it; written, or touched, whenever the store is used. */
export const ABOUT = "about.json";

type Sizes = Pick<StorePlan, "rows" | "passes" | "batchSize" | "featureDim">;

const rowBytes = ({ featureDim }: Pick<Sizes, "featureDim">): number => featureDim * Float32Array.BYTES_PER_ELEMENT;
export const batchesOfPass = ({ rows, batchSize }: Pick<Sizes, "rows" | "batchSize">): number =>
  Math.ceil(rows / batchSize);
export const batchesOf = (plan: Sizes): number => plan.passes * batchesOfPass(plan);
/** In all, once it is complete. */
export const storeBytes = (plan: Sizes): number =>
  plan.passes * plan.rows * rowBytes(plan) + batchesOf(plan) * DIGEST_BYTES;

/** Where a batch lies: bytes from the start. */
function extentOf(plan: StorePlan, batch: number): { offset: number; length: number } {
  const perPass = batchesOfPass(plan);
  const inPass = (batch % perPass) * plan.batchSize;
  const row = Math.floor(batch / perPass) * plan.rows + inPass;
  return { offset: row * rowBytes(plan), length: Math.min(plan.batchSize, plan.rows - inPass) * rowBytes(plan) };
}

/** Rows in the batches before `batch`. */
export const rowsBefore = (plan: StorePlan, batch: number): number => extentOf(plan, batch).offset / rowBytes(plan);

function digestOfBatch({ key }: StorePlan, bytes: Uint8Array): Buffer {
  return createHash("sha256").update(key).update(bytes).digest().subarray(0, DIGEST_BYTES);
}

/** What it holds already, a guess by size alone, in bytes. */
export async function bytesOnDisk(plan: StorePlan): Promise<number> {
  const info = await stat(join(plan.folder, FEATURES)).catch(() => undefined);
  return info?.isFile() ? Math.min(info.size, storeBytes(plan)) : 0;
}

/** Notes that the store was used now, where its disk can be written. */
export async function markUsed({ folder }: StorePlan): Promise<void> {
  const now = new Date();
  await utimes(join(folder, ABOUT), now, now).catch(() => undefined);
}

/**
 * Batches from the first on that are there as they were made. All are read: files that were cut, torn by a crash or put there
 * by something else end the count.
 */
export async function soundBatches(plan: StorePlan): Promise<number> {
  const paths = [FEATURES, DIGESTS].map((name) => join(plan.folder, name));
  for (const path of paths) if (!(await stat(path).catch(() => undefined))?.isFile()) return 0;
  const handles: FileHandle[] = [];
  try {
    for (const path of paths) handles.push(await open(path));
    const [features, digests] = handles as [FileHandle, FileHandle];
    const known = new Uint8Array(batchesOf(plan) * DIGEST_BYTES);
    const digested = Math.floor((await readFully(digests, known, 0)) / DIGEST_BYTES);
    for (let batch = 0; batch < digested; batch++) {
      const { offset, length } = extentOf(plan, batch);
      const bytes = new Uint8Array(length);
      if ((await readFully(features, bytes, offset)) < length) return batch;
      const expected = known.subarray(batch * DIGEST_BYTES, (batch + 1) * DIGEST_BYTES);
      if (!digestOfBatch(plan, bytes).equals(expected)) return batch;
    }
    return digested;
  } catch (error) {
    throw asDiskFailure(error, plan.folder, "features that can be read");
  } finally {
    for (const handle of handles) await handle.close();
  }
}

export interface StoreWriter {
  /** Adds the next batch, [rows of the batch, featureDim]; what is there when the process ends stays. */
  append(features: Float32Array): Promise<void>;
  /** Has all of it on the disk itself. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a store to go on after `batches` sound ones. Whoever calls it holds the folder's lock. */
export async function openWriter(plan: StorePlan, batches: number): Promise<StoreWriter> {
  const handles: FileHandle[] = [];
  const close = async () => {
    for (const handle of handles.splice(0)) await handle.close();
  };
  const onDisk = async (work: () => Promise<unknown>) => {
    await work().catch((error) => {
      throw asDiskFailure(error, plan.folder, "to write features", "those that are written stay");
    });
  };
  await onDisk(async () => {
    await makeFolder(plan.folder);
    await writeTextAtomically(join(plan.folder, ABOUT), `${JSON.stringify(plan.about, undefined, 2)}\n`);
    for (const [name, size] of [
      [FEATURES, extentOf(plan, batches).offset],
      [DIGESTS, batches * DIGEST_BYTES],
    ] as const) {
      const path = join(plan.folder, name);
      // Whatever is there and is no file of features: a folder, a link, a pipe.
      if (batches === 0) await rm(path, { recursive: true, force: true });
      const handle = await open(path, batches === 0 ? "wx" : "r+");
      handles.push(handle);
      await handle.truncate(size);
    }
  }).catch(async (error) => {
    await close();
    throw error;
  });
  let next = batches;
  return {
    append: (features) =>
      onDisk(async () => {
        const [rows, digests] = handles as [FileHandle, FileHandle];
        const bytes = new Uint8Array(features.buffer, features.byteOffset, features.byteLength);
        await writeFully(rows, bytes, extentOf(plan, next).offset);
        await writeFully(digests, digestOfBatch(plan, bytes), next * DIGEST_BYTES);
        next++;
      }),
    sync: () => onDisk(() => Promise.all(handles.map((handle) => handle.sync()))),
    close,
  };
}

async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}

export interface StoreReader {
  /** Fills `out` with consecutive rows from `row` of `pass` on. */
  read(pass: number, row: number, out: Float32Array): void;
  close(): void;
}

/** Opens a complete store. The operating system keeps what is read often in memory. */
export function openReader(plan: StorePlan): StoreReader {
  const path = join(plan.folder, FEATURES);
  const onDisk = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw asDiskFailure(error, path, "features that can be read");
    }
  };
  const file = onDisk(() => openSync(path, "r"));
  const read = (pass: number, row: number, out: Float32Array) => {
    const bytes = new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
    const from = (pass * plan.rows + row) * rowBytes(plan);
    for (let at = 0; at < bytes.length; ) {
      const count = readSync(file, bytes, at, bytes.length - at, from + at);
      if (count === 0) throw Object.assign(new Error("the end of the file"), { code: "EIO" });
      at += count;
    }
  };
  return { read: (pass, row, out) => onDisk(() => read(pass, row, out)), close: () => closeSync(file) };
}
