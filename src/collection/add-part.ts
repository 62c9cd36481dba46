import { makeFolder } from "../core/atomic-file.ts";
import { partName, partPaths } from "./part-files.ts";
import { type CollectionRecord, writeCollectionRecord } from "./record.ts";
import { columnsOfRows, type RowValue, type RowValues, writeRows } from "./rows-file.ts";
import { writeVectors } from "./vectors-file.ts";

/** Rows to add, with their vectors in the same order: [rows, dim], each row of length 1 or 0. */
export interface NewRows {
  readonly rows: readonly RowValue[];
  readonly trained: Float32Array;
  readonly frozen: Float32Array;
}

/** What a part is written from; every stream is read once. */
export interface PartContent {
  readonly firstId: number;
  readonly lastId: number;
  readonly rows: number;
  readonly blocks: Iterable<RowValues> | AsyncIterable<RowValues>;
  readonly trained: Iterable<Float32Array> | AsyncIterable<Float32Array>;
  readonly frozen: Iterable<Float32Array> | AsyncIterable<Float32Array>;
}

/** Writes the files of the next part; `collection.json` does not list it yet. */
export async function writePartFiles(folder: string, { nextPart, encoder }: CollectionRecord, content: PartContent) {
  const name = partName(nextPart);
  const paths = partPaths(folder, { name });
  await makeFolder(paths.folder);
  const { firstId, lastId, rows } = content;
  const sha256 = {
    rows: await writeRows(paths.rows, content.blocks),
    trained: await writeVectors(paths.trained, { rows, dim: encoder.trained }, content.trained),
    frozen: await writeVectors(paths.frozen, { rows, dim: encoder.frozen }, content.frozen),
  };
  return { name, rows, firstId, lastId, sha256 };
}

/**
 * Adds rows to a collection, of which the caller has the lock. They are there when this returns, or not at all.
 * @param changed what else of the record changes with it
 * @throws MaskconError "disk" where they cannot be written
 */
export async function addPart(
  folder: string,
  record: CollectionRecord,
  { rows, trained, frozen }: NewRows,
  changed: Partial<CollectionRecord> = {},
): Promise<CollectionRecord> {
  const [firstId, lastId] = [rows[0]!.id, rows.at(-1)!.id];
  const blocks = [columnsOfRows(rows)];
  const content = { firstId, lastId, rows: rows.length, blocks, trained: [trained], frozen: [frozen] };
  const part = await writePartFiles(folder, record, content);
  return writeCollectionRecord(folder, {
    ...{ ...record, ...changed },
    ...{ parts: [...record.parts, part], nextPart: record.nextPart + 1, nextId: lastId + 1 },
  });
}
