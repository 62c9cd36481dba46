import { fail } from "../core/index.ts";
import { lockFolder } from "../core/lock.ts";
import type { CollectionEdit } from "./actions/edits.ts";
import { lineOfEdit } from "./edit-line.ts";
import { journalWriter } from "./journal.ts";
import type { JournalEntry, JournalValues } from "./journal-lines.ts";
import { type Collection, openWhole } from "./open.ts";
import { refuseLinks } from "./part-files.ts";
import { readCollectionRecord } from "./record.ts";

/** Changes a collection; nobody else can until `close`. Every change is on disk when its promise is fulfilled. */
export interface CollectionEditor {
  /** Its rows show every change. */
  readonly collection: Collection;
  /**
   * Takes an action. The line of one that makes groups has their ids (`groupsMade`).
   * @throws MaskconError "usage" where it is none, names an id of no row or an unknown group, or does not fit the groups,
   * "disk" where it cannot be written
   */
  apply(edit: CollectionEdit): Promise<JournalEntry>;
  /** Takes the last action back that was not; undefined where there is none. */
  undo(): Promise<JournalEntry | undefined>;
  /** Takes it again, where no other action came between; undefined where there is none. */
  redo(): Promise<JournalEntry | undefined>;
  /** Waits for what was asked for, and lets others change the collection. */
  close(): Promise<void>;
}

/**
 * Takes the lock of a collection; returns the release.
 * @param work what this process is at, for the message that another one gets
 * @throws MaskconError "busy" where a living process has it, "data" where parts of it are links to elsewhere
 */
export function lockCollection(folder: string, work?: string): () => void {
  refuseLinks(folder);
  return lockFolder(folder, { name: "collection.lock", what: "a collection nobody writes", work });
}

/**
 * Opens a collection to change its labels.
 * @param o.work what for, in the message that another process gets which wants to change it, too
 * @throws MaskconError "busy" where another process changes it, and as `openCollection`
 */
export async function editCollection(folder: string, o: { readonly work?: string } = {}): Promise<CollectionEditor> {
  // Before a lock is left in a folder of another kind.
  await readCollectionRecord(folder);
  const release = lockCollection(folder, o.work);
  try {
    return await editor(folder, release);
  } catch (error) {
    release();
    throw error;
  }
}

async function editor(folder: string, release: () => void): Promise<CollectionEditor> {
  const collection = await openWhole(folder);
  const { history } = collection;
  const journal = journalWriter(folder, collection.journal);
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;
  /** One after the other, whoever calls. */
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isClosed) {
      const fix = "open it with editCollection again";
      fail("usage", { where: folder, expected: "an editor of the collection", found: "one that was closed", fix });
    }
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
  const write = async (values: JournalValues) => {
    const entry = await journal.append(values);
    history.add(entry);
    collection.refresh();
    return entry;
  };
  const step = (action: "undo" | "redo", of: () => number | undefined | Promise<number | undefined>) =>
    inTurn(async () => {
      const n = await of();
      return n === undefined ? undefined : write({ action, of: n });
    });
  return {
    collection,
    apply(edit) {
      return inTurn(async () => {
        const { values, files } = await lineOfEdit(edit, collection);
        if (files) await collection.loadProposal(files);
        return write({ ...history.prepare(values) });
      });
    },
    undo: () => step("undo", () => history.undoable?.n),
    redo: () =>
      step("redo", async () => {
        if (history.next?.action === "propose") await collection.loadProposal(history.next);
        return history.redoable?.n;
      }),
    async close() {
      isClosed = true;
      await last;
      await journal.close();
      release();
    },
  };
}
