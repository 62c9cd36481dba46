import { breathing } from "../core/breath.ts";
import type { StopSignal } from "../core/index.ts";
import type { NearestNeighbours } from "../eval/index.ts";
import { pictureAgreement } from "./same-picture.ts";
import { unionOf } from "./union.ts";

export interface DuplicateOptions {
  /** Of every image among all, by features that were not trained on these labels; `CANDIDATES` of each suffice. */
  readonly neighbours: NearestNeighbours;
  /** Identifies the bytes of an image: equal ones are copies without a look at the pixels. */
  readonly digests: readonly string[];
  /** Images in grey [32, 32], squashed to the square (`GREY_SIDE`), by place; those that cannot be read are left out. */
  readonly pictures: (images: Iterable<number>) => Promise<ReadonlyMap<number, Uint8Array>>;
  readonly signal?: StopSignal | undefined;
}

/** Two images that show the same. */
export interface DuplicatePair {
  /** The lower place first. */
  readonly images: readonly [number, number];
  readonly sameBytes: boolean;
  /** Of their pixels, up to 1; 1 for the same bytes. */
  readonly agreement: number;
}

export interface Duplicates {
  /** The surest first; equal ones in their order. */
  readonly pairs: readonly DuplicatePair[];
  /** [n]: the number of the set of copies that an image belongs to, from 0 on; -1 for an image without a copy. */
  readonly setOf: Int32Array;
  readonly sets: number;
}

/** Neighbours of an image that may be its copies. */
const CANDIDATES = 5;
/** They are nearer than this share of the median distance to the nearest neighbour. */
const NEAR = 0.75;
/** Measured on re-encoded, cropped, mirrored and brightened photographs: docs/review.md. */
const LEAST_AGREEMENT = 0.93;

/**
 * Finds images that show the same picture: equal bytes, or near features confirmed by the pixels. Re-encoded, resized,
 * mirrored, brightened copies are found, and crops that keep at least 85 % of the sides.
 */
export async function duplicates(o: DuplicateOptions): Promise<Duplicates> {
  const alike = (await samePictures(o)).sort(
    (a, b) => b.agreement - a.agreement || a.images[0] - b.images[0] || a.images[1] - b.images[1],
  );
  const pairs = [...sameBytes(o.digests), ...alike];
  return {
    pairs,
    ...unionOf(
      o.digests.length,
      pairs.map(({ images }) => images),
    ),
  };
}

/** Each image with the first of the same bytes. */
function* sameBytes(digests: readonly string[]): Generator<DuplicatePair> {
  const first = new Map<string, number>();
  for (const [image, digest] of digests.entries()) {
    const before = first.get(digest);
    if (before === undefined) first.set(digest, image);
    else yield { images: [before, image], sameBytes: true, agreement: 1 };
  }
}

async function samePictures(o: DuplicateOptions): Promise<DuplicatePair[]> {
  const candidates = [...candidatesOf(o)];
  const pictures = await o.pictures(new Set(candidates.flat()));
  const same: DuplicatePair[] = [];
  const breath = breathing(o.signal);
  for (const images of candidates) {
    await breath();
    const [first, second] = images.map((image) => pictures.get(image));
    if (!first || !second) continue;
    const agreement = pictureAgreement(first, second);
    if (agreement >= LEAST_AGREEMENT) same.push({ images, sameBytes: false, agreement });
  }
  return same;
}

/** Pairs of other bytes whose features are near, each once. */
function* candidatesOf({ neighbours, digests }: DuplicateOptions): Generator<[number, number]> {
  const { count, rows, similarities } = neighbours;
  const limit = NEAR * medianDistance(neighbours);
  const seen = new Set<string>();
  for (let image = 0; image < digests.length; image++) {
    for (let at = image * count; at < image * count + Math.min(count, CANDIDATES); at++) {
      const other = rows[at]!;
      if (other < 0 || 1 - similarities[at]! > limit || digests[other] === digests[image]) continue;
      const images: [number, number] = [Math.min(image, other), Math.max(image, other)];
      if (seen.has(images.join())) continue;
      seen.add(images.join());
      yield images;
    }
  }
}

/** Of the images that have a neighbour. */
function medianDistance({ count, rows, similarities }: NearestNeighbours): number {
  const distances: number[] = [];
  for (let at = 0; at < rows.length; at += count) if (rows[at]! >= 0) distances.push(1 - similarities[at]!);
  return Float64Array.from(distances).sort()[distances.length >> 1] ?? 0;
}
