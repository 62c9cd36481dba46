import { type Collection, liveRows, liveVectors, type VectorKind } from "../collection/index.ts";
import { asDiskFailure } from "../core/atomic-file.ts";
import { lockFolder } from "../core/lock.ts";
import { checkWholeNumber } from "../eval/index.ts";
import { layOut } from "../layout/index.ts";
import type { MapEffort } from "./map-effort.ts";
import { readMap, type StoredMap, writeMap } from "./map-files.ts";
import { placeNew } from "./place-new.ts";

/** Which map of a collection `mapCollection` gives. */
export interface MapOptions extends MapEffort {
  /** Whose vectors say what is near: the trained encoder's by default. */
  readonly by?: VectorKind | undefined;
  /** Default: that of the stored map, or 0. Another seed makes another map. */
  readonly seed?: number | undefined;
  /** Lays all live images out anew, also where there is a map; false by default. */
  readonly anew?: boolean | undefined;
}

/** The images of a collection in the plane. */
export interface CollectionMap {
  readonly by: VectorKind;
  readonly seed: number;
  /** [rows, 2] in the order of the collection's rows; NaN where a row has no place. */
  readonly places: Float32Array;
  /** How many were laid out together, and how many came later and lie between their neighbours among these. */
  readonly laid: number;
  readonly placed: number;
  /** Whether this call has read the map, added new images to it, or made it. */
  readonly source: "read" | "extended" | "made";
}

/**
 * Places the live images of a collection in the plane. The map is stored in the collection; images that are new since are
 * placed among their nearest, and no other moves. Where the map is of other images or another encoder it is made anew.
 * @throws MaskconError "data" where the map or the collection is damaged, "busy" where another process makes the map, "disk"
 * where it cannot be stored, "config" where the seed is no whole number
 */
export async function mapCollection(collection: Collection, o: MapOptions = {}): Promise<CollectionMap> {
  const { by = "trained", seed, anew = false } = o;
  if (seed !== undefined) checkWholeNumber("seed", seed, Number.MIN_SAFE_INTEGER);
  const stored = async () => {
    const map = anew ? undefined : await readMap(collection, by);
    return map && map.laid.length > 0 && (seed ?? map.seed) === map.seed ? map : undefined;
  };
  const ready = await stored();
  if (ready && missing(collection, ready).length === 0) return result(collection, by, ready, "read");
  const release = lock(collection.folder);
  try {
    // Another may have made it meanwhile.
    const old = await stored();
    const map = old ? await extended(collection, by, old, o) : await made(collection, by, { ...o, seed: seed ?? 0 });
    await writeMap(collection, by, map);
    return result(collection, by, map, old ? "extended" : "made");
  } finally {
    release();
  }
}

function lock(folder: string): () => void {
  try {
    return lockFolder(folder, { name: "map.lock", what: "a collection of which nobody makes a map" });
  } catch (error) {
    throw asDiskFailure(error, folder, "to make a map in it");
  }
}

/** As UMAP has them. */
const epochsOf = (images: number): number => (images > 10_000 ? 200 : 500);

/** Live rows without a place. */
function missing(collection: Collection, { laid, placed }: StoredMap): Int32Array {
  const known = new Uint8Array(collection.rows.length);
  for (const list of [laid, placed]) for (const row of list) known[row] = 1;
  return liveRows(collection.rows).filter((row) => known[row] === 0);
}

async function made(
  collection: Collection,
  by: VectorKind,
  o: MapEffort & { readonly seed: number },
): Promise<StoredMap> {
  const { rows: laid, features, dim } = await liveVectors(collection, by);
  const places = await layOut(features, dim, { ...o, axes: 2, epochs: epochsOf(laid.length) });
  return { seed: o.seed, laid, placed: new Int32Array(0), places };
}

async function extended(
  collection: Collection,
  by: VectorKind,
  old: StoredMap,
  { threads, signal, progress }: MapEffort,
): Promise<StoredMap> {
  const added = missing(collection, old);
  const near = await placeNew({
    ...{ vectors: await collection.vectors(by), dim: collection.record.encoder[by] },
    ...{ laid: old.laid, places: old.places.subarray(0, 2 * old.laid.length), added, threads, signal, progress },
  });
  const laidValues = 2 * old.laid.length;
  const rows = Int32Array.from([...old.placed, ...added]);
  const later = Float32Array.from([...old.places.subarray(laidValues), ...near]);
  // Rows that somebody took out and put back come between others.
  const order = Int32Array.from(rows.keys()).sort((a, b) => rows[a]! - rows[b]!);
  const places = new Float32Array(laidValues + later.length);
  places.set(old.places.subarray(0, laidValues));
  order.forEach((from, to) => void places.set(later.subarray(2 * from, 2 * from + 2), laidValues + 2 * to));
  return { seed: old.seed, laid: old.laid, placed: order.map((from) => rows[from]!), places };
}

function result(
  collection: Collection,
  by: VectorKind,
  map: StoredMap,
  source: CollectionMap["source"],
): CollectionMap {
  const places = new Float32Array(2 * collection.rows.length).fill(Number.NaN);
  [...map.laid, ...map.placed].forEach((row, i) => void places.set(map.places.subarray(2 * i, 2 * i + 2), 2 * row));
  return { by, seed: map.seed, places, laid: map.laid.length, placed: map.placed.length, source };
}
