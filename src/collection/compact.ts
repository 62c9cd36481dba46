import type { StopSignal } from "../core/index.ts";
import { writePartFiles } from "./add-part.ts";
import { checkContents } from "./check-contents.ts";
import { partPaths, removePart, type VectorKind } from "./part-files.ts";
import { type CollectionPart, type CollectionRecord, writeCollectionRecord } from "./record.ts";
import { type RowValues, readRows } from "./rows-file.ts";
import { readVectors } from "./vectors-file.ts";

/** A part of more rows is not written anew for a few others. */
const MOST_ROWS = 2 ** 20;

/**
 * Makes one part of the last ones of a collection, of which the caller has the lock, where that is worth it: a part is
 * written anew only with at least half as many rows behind it, so each row is rewritten a few times at most. Rows and their
 * order stay; the old parts go once `collection.json` lists the new one.
 * @throws MaskconError "data" where a part is damaged, "disk" where the new one cannot be written
 */
export async function compactParts(
  folder: string,
  record: CollectionRecord,
  signal?: StopSignal,
): Promise<CollectionRecord> {
  const old = mergeable(record.parts);
  if (old.length < 2) return record;
  const part = await writePartFiles(folder, record, {
    ...{ firstId: old[0]!.firstId, lastId: old.at(-1)!.lastId, rows: rowsIn(old) },
    blocks: blocks(folder, old, signal),
    trained: vectors(folder, record, old, "trained", signal),
    frozen: vectors(folder, record, old, "frozen", signal),
  });
  const parts = [...record.parts.slice(0, -old.length), part];
  const next = await writeCollectionRecord(folder, { ...record, parts, nextPart: record.nextPart + 1 });
  for (const { name } of old) await removePart(folder, { name });
  return next;
}

const rowsIn = (parts: readonly CollectionPart[]) => parts.reduce((sum, { rows }) => sum + rows, 0);

/** The last parts that become one: from the first on that has at most twice the rows of those behind it. */
function mergeable(parts: readonly CollectionPart[]): readonly CollectionPart[] {
  for (let first = 0; first < parts.length - 1; first++) {
    const tail = parts.slice(first);
    const rows = rowsIn(tail);
    if (rows <= MOST_ROWS && 3 * tail[0]!.rows <= 2 * rows) return tail;
  }
  return [];
}

async function* blocks(
  folder: string,
  parts: readonly CollectionPart[],
  signal: StopSignal | undefined,
): AsyncGenerator<RowValues> {
  for (const part of parts) {
    signal?.throwIfAborted();
    yield await readRows(partPaths(folder, part).rows, { rows: part.rows, sha256: part.sha256.rows });
  }
}

async function* vectors(
  folder: string,
  { encoder }: CollectionRecord,
  parts: readonly CollectionPart[],
  kind: VectorKind,
  signal: StopSignal | undefined,
): AsyncGenerator<Float32Array> {
  for (const part of parts) {
    signal?.throwIfAborted();
    const file = partPaths(folder, part)[kind];
    // The new part gets a checksum of its own: a damaged value would be found no more.
    await checkContents(file, part.sha256[kind], "collection.json");
    for await (const piece of readVectors(file, { rows: part.rows, dim: encoder[kind] })) {
      yield piece;
    }
  }
}
