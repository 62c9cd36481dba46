import { fail, MaskconError } from "../core/index.ts";
import type { GroupProposal } from "./groups/proposal.ts";
import { type ProposalFiles, readProposal } from "./groups/proposal-file.ts";
import { type History, history, type PastAction, proposalsInForce } from "./history.ts";
import { readJournal } from "./journal.ts";
import type { ReadJournal } from "./journal-lines.ts";
import { partPaths, type VectorKind } from "./part-files.ts";
import { type CollectionRecord, readCollectionRecord, recordFile } from "./record.ts";
import { type CollectionRows, type EditableRows, eachSpan, rowsOf, setStatus } from "./rows.ts";
import { readRows } from "./rows-file.ts";
import { readVectors } from "./vectors-file.ts";

/** A collection as it was when it was opened; it needs no lock. */
export interface Collection {
  readonly folder: string;
  readonly record: CollectionRecord;
  readonly rows: CollectionRows;
  /** The action of the journal that `undo` takes back, and that `redo` takes again. */
  readonly undoable: PastAction | undefined;
  readonly redoable: PastAction | undefined;
  /** The actions of the journal, the newest first, at most so many. Those that are undone for good are left out. */
  pastActions(most?: number): readonly PastAction[];
  /**
   * [rows, dim], each row of length 1 (or 0): read once, kept in memory.
   * @throws MaskconError "data" where a file is damaged
   */
  vectors(kind: VectorKind): Promise<Float32Array>;
  /**
   * A proposal of groups by its name (`rows.groups.proposals`).
   * @throws MaskconError "usage" where it is not in force
   */
  proposal(name: string): GroupProposal;
}

/** A collection that its holder may change. */
export interface OpenedCollection extends Collection {
  readonly rows: EditableRows;
  readonly history: History;
  readonly journal: Omit<ReadJournal, "entries">;
  /** Sets each row's status and group anew, after an action. */
  refresh(): void;
  /** Reads a proposal that comes into force. */
  loadProposal(files: ProposalFiles): Promise<void>;
}

/** How often a reader begins anew because a writer moved the rows. */
const ATTEMPTS = 20;

/**
 * Opens a collection, edits applied. A writer may be at work: what is read is one of its states.
 * @throws MaskconError "usage" where the folder holds no collection, "data" where it is damaged
 */
export async function openCollection(folder: string): Promise<Collection> {
  return openWhole(folder);
}

/** `openCollection` for who goes on to change it. */
export async function openWhole(folder: string): Promise<OpenedCollection> {
  // First: the rows that an action names are then among those that are read after it.
  const journal = await readJournal(folder);
  const { record, found } = await steadily(folder, async (record) => {
    const parts = [];
    for (const part of record.parts) {
      parts.push(await readRows(partPaths(folder, part).rows, { rows: part.rows, sha256: part.sha256.rows }));
    }
    return parts;
  });
  const rows = rowsOf(record, found, recordFile(folder));
  const dropped = new Uint8Array(rows.length);
  const proposals = new Map<string, GroupProposal>();
  const loadProposal = async (files: ProposalFiles) => {
    if (!proposals.has(files.proposal)) {
      proposals.set(files.proposal, await readProposal(folder, files, record.nextId));
    }
  };
  for (const files of proposalsInForce(journal.entries, `${folder}/edits.jsonl`)) await loadProposal(files);
  const proposal = (name: string) =>
    proposals.get(name) ??
    fail("usage", { where: folder, expected: "a proposal that is in force", found: JSON.stringify(name) });
  const state = {
    ...{ ids: rows.ids, coarse: rows.coarse, fine: rows.fine, groups: rows.groups, dropped, kept: rows.kept, proposal },
    eachSpan: (ranges: Parameters<typeof eachSpan>[1], visit: Parameters<typeof eachSpan>[2]) =>
      eachSpan(rows.ids, ranges, visit),
  };
  const past = history(state, record.nextId, `${folder}/edits.jsonl`);
  const refresh = () => {
    setStatus(rows, dropped, record, recordFile(folder));
    rows.groups.refresh(rows.coarse.names, rows.status);
  };
  past.fold(journal.entries);
  refresh();
  const loaded = new Map<VectorKind, Promise<Float32Array>>();
  return {
    ...{ folder, record, rows, history: past, journal, refresh, loadProposal, proposal },
    pastActions(most = Infinity) {
      return past.past(most);
    },
    get undoable() {
      return past.undoable;
    },
    get redoable() {
      return past.redoable;
    },
    vectors(kind) {
      const before = loaded.get(kind);
      if (before) return before;
      const vectors = loadVectors(folder, record, kind);
      loaded.set(kind, vectors);
      // A damaged file may be put back.
      vectors.catch(() => loaded.delete(kind));
      return vectors;
    },
  };
}

/** Works on a state of `collection.json`, anew where a writer took its files away meanwhile. */
export async function steadily<T>(folder: string, work: (record: CollectionRecord) => Promise<T>) {
  for (let attempt = 1; ; attempt++) {
    const record = await readCollectionRecord(folder);
    try {
      return { record, found: await work(record) };
    } catch (error) {
      if (!(error instanceof MaskconError) || attempt === ATTEMPTS) throw error;
      const { revision } = await readCollectionRecord(folder);
      if (revision === record.revision) throw error;
    }
  }
}

/** The vectors of the rows of `opened`. Later states have the same rows in the same order, and others behind them. */
async function loadVectors(folder: string, opened: CollectionRecord, kind: VectorKind): Promise<Float32Array> {
  const dim = opened.encoder[kind];
  const rows = opened.parts.reduce((sum, part) => sum + part.rows, 0);
  const { found } = await steadily(folder, async (record) => {
    if (record.encoder.digest !== opened.encoder.digest || record.nextId < opened.nextId) {
      fail("data", { where: folder, expected: "the collection that was opened", found: "another one in its place" });
    }
    const all = roomFor(rows * dim, folder);
    let at = 0;
    for (const part of record.parts) {
      if (at === all.length) break;
      for await (const values of readVectors(partPaths(folder, part)[kind], { rows: part.rows, dim })) {
        const room = Math.min(values.length, all.length - at);
        all.set(room < values.length ? values.subarray(0, room) : values, at);
        at += room;
      }
    }
    return all;
  });
  return found;
}

function roomFor(values: number, where: string): Float32Array {
  try {
    return new Float32Array(values);
  } catch (error) {
    const found = `${((4 * values) / 2 ** 30).toFixed(1)} GB of them`;
    return fail(
      "data",
      { where, expected: "vectors that fit into memory", found, fix: "use a machine with more" },
      error,
    );
  }
}
