import type { Collection } from "../collection/index.ts";
import { writeFileAtomically } from "../core/atomic-file.ts";
import { groupsCsv, writeGroupsParquet } from "../curate/index.ts";
import { checkNew } from "../export/index.ts";
import type { Terminal } from "./terminal.ts";

export interface ListFlags {
  readonly csv?: string;
  readonly parquet?: string;
}

/** @throws MaskconError "usage" where a file is there already */
export async function checkLists({ csv, parquet }: ListFlags): Promise<void> {
  for (const file of [csv, parquet]) if (file !== undefined) await checkNew(file);
}

/** Writes the lists that were asked for. */
export async function writeLists(
  collection: Collection,
  { csv, parquet }: ListFlags,
  terminal: Terminal,
): Promise<void> {
  if (csv !== undefined) await writeFileAtomically(csv, groupsCsv(collection));
  if (parquet !== undefined) await writeGroupsParquet(parquet, collection);
  for (const file of [csv, parquet]) if (file !== undefined) terminal.err(`wrote ${file}\n`);
}
