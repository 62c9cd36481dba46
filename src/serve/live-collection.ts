import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type Collection, openCollection, openThumbnails } from "../collection/index.ts";
import { messageOf } from "../core/index.ts";
import { type CollectionSearch, openSearch } from "../search/index.ts";

/** A collection that is searched while others change it. */
export interface LiveCollection {
  /** Works on its newest state; that state stays open until the work is done. */
  use<T>(work: (state: OpenState) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface OpenState {
  readonly collection: Collection;
  readonly search: CollectionSearch;
  /** As PNG, by position; undefined where there is none. */
  readonly thumbnail: (position: number) => Promise<Uint8Array | undefined>;
}

/** Whether the files have changed is looked at no more often. */
const LOOK_MS = 1000;
/** They say what state a collection is in. */
const STATE_FILES = ["collection.json", "edits.jsonl"];

interface Held extends OpenState {
  readonly version: string;
  users: number;
  isOld: boolean;
}

/**
 * Opens a collection for a server. Its vectors are read before the first question. Where a later state cannot be opened, the
 * one before stays in use.
 * @throws MaskconError "usage" where the folder holds no collection, "data" where it is damaged
 */
export async function openLive(
  folder: string,
  { threads, log }: { threads?: number | undefined; log: (line: string) => void },
): Promise<LiveCollection> {
  const open = async (): Promise<Held> => {
    const version = await versionOf(folder);
    const collection = await openCollection(folder);
    for (const kind of ["trained", "frozen"] as const) await collection.vectors(kind);
    const search = openSearch(collection, threads === undefined ? {} : { threads });
    return { collection, search, thumbnail: openThumbnails(collection), version, users: 0, isOld: false };
  };
  let now = await open();
  let looked = performance.now();
  let looking: Promise<void> | undefined;
  let older: Held | undefined;

  const release = async (held: Held) => {
    if (held.isOld && held.users === 0) await held.search.close();
  };
  const look = async () => {
    try {
      if ((await versionOf(folder)) === now.version) return;
      const next = await open();
      const before = now;
      now = next;
      before.isOld = true;
      older = before;
      await release(before);
    } catch (error) {
      log(`${folder}: its state before stays in use: ${messageOf(error)}`);
    } finally {
      looked = performance.now();
      looking = undefined;
    }
  };
  return {
    async use(work) {
      // Two states at a time are two of its vectors in memory: never more. So none is opened while one before is in use.
      const isDue = performance.now() - looked > LOOK_MS && (older?.users ?? 0) === 0;
      if (isDue) looking ??= look();
      await looking;
      const held = now;
      held.users++;
      try {
        return await work(held);
      } finally {
        held.users--;
        await release(held);
      }
    },
    async close() {
      await looking;
      now.isOld = true;
      await release(now);
    },
  };
}

/** Sizes and times of the files that say its state. */
async function versionOf(folder: string): Promise<string> {
  const infos = STATE_FILES.map((name) => stat(join(folder, name)).catch(() => undefined));
  return (await Promise.all(infos)).map((info) => `${info?.ino} ${info?.size} ${info?.mtimeMs}`).join();
}
