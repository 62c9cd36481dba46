import { stat } from "node:fs/promises";
import { isAbsolute, relative, sep } from "node:path";
import type { StopSignal } from "../core/index.ts";
import { type Dataset, imagesAt } from "../data/index.ts";
import { embedBatches, normalizeRows } from "../eval/index.ts";
import type { EncoderPair } from "../run/index.ts";
import { addPart } from "./add-part.ts";
import { coarseName, fineName, type NewImage } from "./compare-images.ts";
import { formatIds, listIds } from "./id-ranges.ts";
import type { CollectionRecord } from "./record.ts";
import type { RowValue } from "./rows-file.ts";
import { SHEET_TILES, writeSheet } from "./sheets.ts";

/** A part is written after so many images, or when a sheet is full after so long: a kill costs no more than these. */
const PART_ROWS = 4096;
const MOST_MS = 10_000;

interface EmbedParts {
  readonly folder: string;
  /** The place of the images in `record.sources`. */
  readonly source: number;
  readonly pair: EncoderPair;
  readonly batchSize: number;
  readonly imageSize: number;
  readonly workers: number;
  readonly partRows?: number | undefined;
  readonly signal?: StopSignal | undefined;
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** Adds new images to a collection part by part; what is written stays, whatever comes after. */
export async function embedParts(
  record: CollectionRecord,
  added: readonly NewImage[],
  o: EmbedParts,
): Promise<CollectionRecord> {
  let next = record;
  let done = 0;
  for (const images of bySet(added)) {
    const dataset = imagesAt(
      images[0]!.set.dataset,
      Int32Array.from(images, ({ index }) => index),
    );
    const progress = (count: number) => o.progress?.(done + count, added.length);
    for await (const { first, features } of partsOf(dataset, { ...o, progress })) {
      const count = features.length / o.pair.featureDim;
      next = await addImages(next, images.slice(first, first + count), dataset, first, features, o);
    }
    done += images.length;
  }
  return next;
}

/** Runs of images of one set, in order. */
function bySet(added: readonly NewImage[]): NewImage[][] {
  const runs: NewImage[][] = [];
  for (const image of added) {
    const last = runs.at(-1);
    if (last?.[0]?.set === image.set) last.push(image);
    else runs.push([image]);
  }
  return runs;
}

/** Features of whole parts, [count, featureDim] from image `first` on; sheets are full but for the last one. */
async function* partsOf(dataset: Dataset, o: EmbedParts): AsyncGenerator<{ first: number; features: Float32Array }> {
  const { pair, partRows = PART_ROWS } = o;
  const { featureDim } = pair;
  let [first, pieces, held, since] = [0, [] as Float32Array[], 0, performance.now()];
  const take = (count: number) => {
    const all = joined(pieces);
    const part = { first, features: all.subarray(0, count * featureDim) };
    [first, pieces, held, since] = [first + count, [all.slice(count * featureDim)], held - count, performance.now()];
    return part;
  };
  for await (const { features, count } of embedBatches(o.pair, dataset, o)) {
    pieces.push(features.slice());
    held += count;
    const full = held - (held % SHEET_TILES);
    if (full > 0 && (held >= partRows || performance.now() - since > MOST_MS)) yield take(full);
  }
  if (held > 0) yield take(held);
}

function joined(pieces: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

async function addImages(
  record: CollectionRecord,
  images: readonly NewImage[],
  dataset: Dataset,
  first: number,
  features: Float32Array,
  { folder, source, pair, signal }: EmbedParts,
): Promise<CollectionRecord> {
  const rows: RowValue[] = [];
  let sheet = record.nextSheet;
  for (let start = 0; start < images.length; start += SHEET_TILES, sheet++) {
    const tiles = images.slice(start, start + SHEET_TILES);
    const drawn = await writeSheet(
      folder,
      sheet,
      dataset,
      tiles.map((_, tile) => first + start + tile),
      signal,
    );
    for (const [tile, { set, index, name, hash }] of tiles.entries()) {
      rows.push({
        ...{ id: record.nextId + rows.length, name, source, hash, split: set.split, sheet, tile, ...drawn[tile]! },
        ...(await placeOf(dataset, first + start + tile, record.sources[source]!.folder)),
        ...{ coarse: coarseName(set.dataset, index), fine: fineName(set.dataset, index) },
      });
    }
  }
  const replaced = images.flatMap(({ replaces }) => replaces ?? []);
  return addPart(
    folder,
    record,
    { rows, ...vectorsOf(features, pair) },
    {
      ...{ nextSheet: sheet, replaced: formatIds([...listIds(record.replaced, record.nextId, folder), ...replaced]) },
      coarseClasses: withNames(record.coarseClasses, dataset.coarseClasses),
      fineClasses: withNames(record.fineClasses, dataset.fineClasses ?? []),
    },
  );
}

/** Features of both encoders, divided by their lengths. */
function vectorsOf(features: Float32Array, { trained, frozen, featureDim }: EncoderPair) {
  const part = (from: number, dim: number) => {
    const rows = new Float32Array((features.length / featureDim) * dim);
    for (let at = 0, row = from; at < rows.length; at += dim, row += featureDim)
      rows.set(features.subarray(row, row + dim), at);
    return normalizeRows(rows, dim);
  };
  return { trained: part(0, trained), frozen: part(trained, frozen) };
}

/** Where an image lies: below `folder` where it does, with slashes; and how many bytes it has. */
async function placeOf(
  { source }: Dataset,
  index: number,
  folder: string,
): Promise<{ file: string | undefined; bytes: number }> {
  if (source.kind === "slices") return { file: undefined, bytes: source.lengths[index]! };
  if (source.kind !== "files") return { file: undefined, bytes: -1 };
  const file = source.files[index]!;
  const way = relative(folder, file);
  const inside = !isAbsolute(way) && way.split(sep)[0] !== "..";
  const { size } = await stat(file);
  return { file: inside ? way.split(sep).join("/") : file, bytes: Math.min(size, 2 ** 31 - 1) };
}

const withNames = (known: readonly string[], names: readonly string[]) => [...new Set([...known, ...names])];
