import { existsSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { asDiskFailure } from "../core/atomic-file.ts";
import { fail } from "../core/index.ts";
import { readBounded } from "../formats/index.ts";
import {
  type JournalEntry,
  type JournalValues,
  journalLine,
  journalStart,
  parseJournal,
  type ReadJournal,
} from "./journal-lines.ts";

const MOST_BYTES = 2 ** 30;

const journalFile = (folder: string): string => join(folder, "edits.jsonl");

/**
 * Reads `edits.jsonl` of a collection; there may be none yet.
 * @throws MaskconError "data" where a line is damaged
 */
export async function readJournal(folder: string): Promise<ReadJournal> {
  const file = journalFile(folder);
  if (!existsSync(file)) return { entries: [], end: journalStart, size: 0 };
  return parseJournal(await readBounded(file, MOST_BYTES), file);
}

/** Appends to the journal of a collection, of which the caller has the lock. */
export interface JournalWriter {
  /**
   * Writes an action; when it returns, the line is on disk.
   * @throws MaskconError "disk" where it cannot be written; the journal is then as before; "data" where another program
   * wrote to it meanwhile: nothing of that is cut
   */
  append(values: JournalValues): Promise<JournalEntry>;
  close(): Promise<void>;
}

/** Opens the journal behind its last whole line; a torn one behind that is cut with the first action. */
export function journalWriter(folder: string, from: Omit<ReadJournal, "entries">): JournalWriter {
  const file = journalFile(folder);
  let { end, size: known } = from;
  let handle: FileHandle | undefined;

  async function write(bytes: Buffer): Promise<void> {
    handle ??= await openSynced(file);
    const { size } = await handle.stat();
    if (size !== known) {
      const fix = "open the collection anew; nothing of the file was changed";
      fail("data", { where: file, expected: `${known} bytes`, found: `${size}: another program wrote to it`, fix });
    }
    try {
      if (size > end.bytes) await handle.truncate(end.bytes);
      for (let done = 0; done < bytes.length; ) {
        done += (await handle.write(bytes, done, bytes.length - done, end.bytes + done)).bytesWritten;
      }
      await handle.sync();
      known = end.bytes + bytes.length;
    } catch (error) {
      await handle.truncate(end.bytes).catch(() => undefined);
      known = (await handle.stat()).size;
      throw error;
    }
  }

  return {
    async append(values) {
      const entry = { n: end.n + 1, time: new Date().toISOString(), values };
      const next = journalLine(end, entry);
      await write(next.line).catch((error) => {
        throw asDiskFailure(error, file);
      });
      end = next.end;
      return entry;
    },
    async close() {
      await handle?.close();
      handle = undefined;
    },
  };
}

/** A new file is there after a power loss only once its folder is on disk. */
async function openSynced(file: string): Promise<FileHandle> {
  if (existsSync(file)) return open(file, "r+");
  const handle = await open(file, "wx+");
  const folder = await open(dirname(file), "r").catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
  return handle;
}
