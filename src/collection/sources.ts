import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fail } from "../core/index.ts";
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

interface PlaceOptions {
  /** Undefined where nobody says how DATA was read: what is known stays. */
  readonly reading?: SourceReading | undefined;
  /** Whether there are other images at that place. */
  readonly some?: boolean | undefined;
}

/** @throws MaskconError "usage" where the other images of that place were read otherwise: they would not be found again */
export function withPlace(
  before: readonly CollectionSource[],
  data: string,
  { reading, some }: PlaceOptions,
): WithPlace {
  const place = placeOfSource(data);
  const found = before.findIndex((own) => own.data === place.data);
  const kept = reading === undefined ? before[found]?.reading : readingToKeep(reading);
  if (some && found >= 0) refuseOtherReading(before[found]!, kept);
  const source = found < 0 ? before.length : found;
  const entry = { ...(before[found] ?? place), reading: kept };
  const sources = [...before.slice(0, source), entry, ...before.slice(source + 1)];
  return { sources, source, isChanged: JSON.stringify(sources) !== JSON.stringify(before) };
}

function refuseOtherReading({ data, reading }: CollectionSource, now: SourceReading | undefined): void {
  const [then, found] = [reading, now].map(readingText) as [string, string];
  if (then === found) return;
  const fix = "read all of DATA so (without --split), or collect it into another folder";
  fail("usage", { where: data, expected: `the options of its other images: ${then}`, found, fix });
}

const readingText = (reading: SourceReading = {}): string =>
  Object.entries(reading)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(", ") || "none";

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
