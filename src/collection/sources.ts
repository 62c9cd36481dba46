import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { datasetNames } from "../data/index.ts";
import type { CollectionSource, SourceReading } from "./record.ts";

/** The sources of a collection with DATA among them. */
interface WithPlace {
  readonly sources: readonly CollectionSource[];
  /** The place of DATA. */
  readonly source: number;
  /** Whether they were others before. */
  readonly isChanged: boolean;
}

/** @param reading undefined where nobody says how DATA was read: what is known stays */
export function withPlace(
  before: readonly CollectionSource[],
  data: string,
  reading: SourceReading | undefined,
): WithPlace {
  const place = placeOfSource(data);
  const found = before.findIndex((own) => own.data === place.data);
  const kept = reading === undefined ? before[found]?.reading : readingToKeep(reading);
  const source = found < 0 ? before.length : found;
  const entry = { ...(before[found] ?? place), reading: kept };
  const sources = [...before.slice(0, source), entry, ...before.slice(source + 1)];
  return { sources, source, isChanged: JSON.stringify(sources) !== JSON.stringify(before) };
}

/** DATA, absolute where it is a path, and the folder that images of it are named below. */
function placeOfSource(source: string): CollectionSource {
  const data = existsSync(source) ? resolve(source) : source;
  if (!existsSync(data)) return { data, folder: "" };
  return { data, folder: statSync(data).isDirectory() ? data : dirname(data) };
}

/** What was named; nothing where the files say all, so that versions without `reading` open the collection, too. */
function readingToKeep(options: SourceReading): SourceReading | undefined {
  const { imageColumn, coarseColumn, fineColumn, partial } = options;
  // Other presets do not touch the images.
  const preset = (datasetNames as readonly (string | undefined)[]).includes(options.preset)
    ? options.preset
    : undefined;
  const given = { imageColumn, coarseColumn, fineColumn, preset, partial };
  const named = Object.entries(given).filter(([, value]) => value);
  return named.length > 0 ? Object.fromEntries(named) : undefined;
}
