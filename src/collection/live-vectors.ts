import { gatherRows } from "../core/index.ts";
import type { Collection } from "./open.ts";
import type { VectorKind } from "./part-files.ts";
import { liveRows } from "./rows.ts";

/** The vectors of the rows that can be found: features is [rows.length, dim]. */
export async function liveVectors(collection: Collection, by: VectorKind) {
  const rows = liveRows(collection.rows);
  const dim = collection.record.encoder[by];
  const all = await collection.vectors(by);
  // Without a dropped row the vectors are those of the collection, not twice in memory.
  const features = rows.length === collection.rows.length ? all : gatherRows(all, dim, rows);
  return { rows, features, dim };
}
