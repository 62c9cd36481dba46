import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type Collection, formatIds, parseIds, positionOf, type VectorKind } from "../collection/index.ts";
import { writeTextAtomically } from "../core/atomic-file.ts";
import { fail, MaskconError, parseJson } from "../core/index.ts";
import { readText } from "../formats/index.ts";
import { npyArray, npyValues, writeNpy } from "../formats/numpy/index.ts";

const FORMAT = "maskcon-map-1";
const MOST_BYTES = 2 ** 26;
const MOST_ID = 2 ** 31 - 1;
const ATTEMPTS = 3;
const PAUSE_MS = 30;

/** A map as it is stored. */
export interface StoredMap {
  readonly seed: number;
  /** Rows whose places were computed together, and those placed by them since; both ascending. */
  readonly laid: Int32Array;
  readonly placed: Int32Array;
  /** [laid + placed, 2], the former first. */
  readonly places: Float32Array;
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: "a SHA-256 in hex" });
const contents = z.strictObject({
  seed: z.int(),
  /** Ids, as `1-5,9`. */
  laid: z.string(),
  placed: z.string(),
  /** Of these images' hashes: rows of another collection have others. */
  images: sha256,
  /** `revision` of `collection.json` at that time. */
  revision: z.int().min(0),
  /** Of the places' bytes. */
  sha256,
});
const record = contents.extend({
  format: z.literal(FORMAT),
  encoder: sha256,
  /** What the places are until the new file has taken the place of the old. */
  before: contents.optional(),
});
type Contents = z.infer<typeof contents>;
type MapRecord = z.infer<typeof record>;

const mapFiles = (folder: string, by: VectorKind) => ({
  places: join(folder, `map-${by}.npy`),
  record: join(folder, `map-${by}.json`),
});

/**
 * Reads the map of a collection; undefined where there is none, or that of another format, encoder or set of images.
 * @throws MaskconError "data" where a file is damaged
 */
export async function readMap(collection: Collection, by: VectorKind): Promise<StoredMap | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await readOnce(collection, by);
    } catch (error) {
      // A writer may have replaced one file after the other was read.
      if (!(error instanceof MaskconError) || attempt === ATTEMPTS) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

async function readOnce(collection: Collection, by: VectorKind): Promise<StoredMap | undefined> {
  const files = mapFiles(collection.folder, by);
  const found = await readRecord(collection, by);
  if (!found || found.encoder !== collection.record.encoder.digest) return undefined;
  const places = await readPlaces(files.places);
  const digest = digestOfPlaces(places);
  const current = [found, found.before].find((one) => one?.sha256 === digest);
  if (!current) {
    const expected = `values with SHA-256 ${found.sha256.slice(0, 16)}…, as ${files.record} says`;
    return damaged(files.places, expected, `${digest.slice(0, 16)}…`);
  }
  const [laid, placed] = idsIn(current, places.length / 2, files.record);
  const rows = (ids: Int32Array) => ids.map((id) => positionOf(collection.rows.ids, id));
  const map = { seed: current.seed, laid: rows(laid), placed: rows(placed), places };
  if ([map.laid, map.placed].some((list) => list.includes(-1))) return undefined;
  return imagesOf(collection, map) === current.images ? map : undefined;
}

async function readRecord({ folder }: Collection, by: VectorKind): Promise<MapRecord | undefined> {
  const file = mapFiles(folder, by).record;
  if (!existsSync(file)) return undefined;
  const values = parseJson(await readText(file, MOST_BYTES), file);
  const { format } = (values ?? {}) as { format?: unknown };
  if (typeof format === "string" && format !== FORMAT && format.startsWith("maskcon-map-")) return undefined;
  const parsed = record.safeParse(values);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  return damaged(`${file}, ${path.join(".") || "whole"}`, "the record of a map", message);
}

async function readPlaces(file: string): Promise<Float32Array> {
  const array = await npyArray(file);
  const { shape } = array;
  if (shape.length !== 2 || shape[1] !== 2) damaged(file, "the shape (n, 2)", `(${shape.join(", ")})`);
  const places = new Float32Array(2 * shape[0]!);
  let at = 0;
  for await (const values of npyValues(file, array)) {
    places.set(values, at);
    at += values.length;
  }
  if (!places.every(Number.isFinite)) damaged(file, "finite places", "others");
  return places;
}

/** The ids of both lists, as many as there are places: text of few bytes may stand for billions. */
function idsIn({ laid, placed }: Contents, count: number, file: string): [Int32Array, Int32Array] {
  const ranges = [parseIds(laid, MOST_ID, `${file}, laid`), parseIds(placed, MOST_ID, `${file}, placed`)] as const;
  const size = (list: (typeof ranges)[number]) => list.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const [first, second] = [size(ranges[0]), size(ranges[1])];
  if (first + second !== count) damaged(file, `ids for ${count} places`, `${first + second}`);
  const listed = (list: (typeof ranges)[number], length: number) => {
    const ids = new Int32Array(length);
    let at = 0;
    for (const [from, to] of list) for (let id = from; id <= to; id++) ids[at++] = id;
    return ids;
  };
  return [listed(ranges[0], first), listed(ranges[1], second)];
}

/**
 * Writes a map. At any moment, even after a kill, the files hold the map before or this one.
 * @throws MaskconError "disk" where it cannot be written
 */
export async function writeMap(collection: Collection, by: VectorKind, map: StoredMap): Promise<void> {
  const { folder, record, rows } = collection;
  const files = mapFiles(folder, by);
  const listed = (positions: Int32Array) => formatIds(positions.map((position) => rows.ids[position]!));
  const old = await contentsNow(collection, by).catch(() => undefined);
  const { seed, laid, placed, places } = map;
  const next: MapRecord = {
    ...{ format: FORMAT, encoder: record.encoder.digest, seed, laid: listed(laid), placed: listed(placed) },
    ...{ images: imagesOf(collection, map), revision: record.revision, sha256: digestOfPlaces(places) },
    ...(old && { before: old }),
  };
  await writeNpy(files.places, { rows: places.length / 2, columns: 2 }, [places], {
    beforeReplace: () => writeTextAtomically(files.record, `${JSON.stringify(next, null, 1)}\n`),
  });
}

/** What the places on disk are, where that is known. */
async function contentsNow(collection: Collection, by: VectorKind): Promise<Contents | undefined> {
  const found = await readRecord(collection, by);
  if (!found || found.encoder !== collection.record.encoder.digest) return undefined;
  const digest = digestOfPlaces(await readPlaces(mapFiles(collection.folder, by).places));
  const now = [found, found.before].find((one) => one?.sha256 === digest);
  return now && contentsOf(now);
}

const contentsOf = ({ seed, laid, placed, images, revision, sha256 }: Contents): Contents => ({
  ...{ seed, laid, placed, images, revision, sha256 },
});

function imagesOf({ rows }: Collection, { laid, placed }: Pick<StoredMap, "laid" | "placed">): string {
  const size = rows.hashes.length / Math.max(1, rows.length);
  const hash = createHash("sha256");
  for (const list of [laid, placed])
    for (const row of list) hash.update(rows.hashes.subarray(row * size, (row + 1) * size));
  return hash.digest("hex");
}

const digestOfPlaces = (places: Float32Array): string =>
  createHash("sha256")
    .update(new Uint8Array(places.buffer, places.byteOffset, places.byteLength))
    .digest("hex");

function damaged(where: string, expected: string, found: string): never {
  return fail("data", { where, expected, found, fix: "make the map anew with `maskcon map COLLECTION --anew`" });
}
