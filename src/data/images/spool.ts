import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fail, fsReason } from "../../core/index.ts";
import { isAlive } from "../../core/processes.ts";
import type { ByteRange } from "./encoded.ts";

/** Memory is taken in blocks, since nobody knows beforehand how much it will be. */
const BLOCK = 32 * 2 ** 20;

/** Keeps encoded images that lie in no file as they are: in shared memory, and past its budget in a temporary file. */
export interface Spool {
  /**
   * One at a time: wait for each.
   * @throws MaskconError "disk" where there is no more room
   */
  add(bytes: Uint8Array): Promise<ByteRange>;
  /** Nothing more is added. */
  finish(): Promise<void>;
  /** Deletes the file, if there is one; otherwise it goes when the process ends. */
  dispose(): Promise<void>;
}

export function createSpool(memoryBytes: number): Spool {
  let left = memoryBytes;
  let block: { memory: SharedArrayBuffer; used: number } | undefined;
  let file: { path: string; folder: string; handle: FileHandle; size: number } | undefined;

  function room(length: number): { memory: SharedArrayBuffer; used: number } | undefined {
    if (block && block.used + length <= block.memory.byteLength) return block;
    const size = Math.min(left, Math.max(BLOCK, length));
    if (size < length) return undefined;
    left -= size;
    block = { memory: new SharedArrayBuffer(size), used: 0 };
    return block;
  }

  async function add(bytes: Uint8Array): Promise<ByteRange> {
    const { length } = bytes;
    const here = file ? undefined : room(length);
    if (here) {
      const slice = { from: here.memory, offset: here.used, length };
      new Uint8Array(here.memory, here.used, length).set(bytes);
      here.used += length;
      return slice;
    }
    file ??= await spoolFile();
    const slice = { from: file.path, offset: file.size, length };
    await write(file.handle, bytes);
    file.size += length;
    return slice;
  }

  async function finish(): Promise<void> {
    await file?.handle.close();
  }

  async function dispose(): Promise<void> {
    if (!file) return;
    await file.handle.close();
    removeFolder(file.folder);
  }
  return { add, finish, dispose };
}

/** Folders to delete when the process ends. */
const folders = new Set<string>();
const removeFolders = () => folders.forEach(removeFolder);

function removeFolder(folder: string): void {
  folders.delete(folder);
  rmSync(folder, { recursive: true, force: true });
}

const PREFIX = `maskcon-spool-${hostname().replace(/[^\w.]/g, "_")}-`;

async function spoolFile() {
  try {
    removeAbandoned();
    const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
    if (!process.listeners("exit").includes(removeFolders)) process.once("exit", removeFolders);
    folders.add(folder);
    const path = join(folder, "images");
    return { folder, path, handle: await open(path, "wx", 0o600), size: 0 };
  } catch (error) {
    return noRoom(error);
  }
}

/** What processes that were killed on this machine have left. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const id = Number.parseInt(name.slice(PREFIX.length), 10);
    if (id > 0 && !isAlive(id)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

async function write(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  try {
    for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done)).bytesWritten;
  } catch (error) {
    noRoom(error);
  }
}

function noRoom(error: unknown): never {
  const fix = "set TMPDIR to a folder with room, or unpack the set into image files";
  fail("disk", { where: tmpdir(), expected: "room for the encoded images", found: fsReason(error), fix }, error);
}
