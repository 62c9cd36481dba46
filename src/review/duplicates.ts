import { type Breath, breathing } from "../core/breath.ts";
import type { StopSignal } from "../core/index.ts";
import type { NearestNeighbours } from "../eval/index.ts";
import { type PicturePrint, pictureAgreement, printOf } from "./same-picture.ts";
import { unionOf } from "./union.ts";

export interface DuplicateOptions {
  /** Of every image among all, by features that were not trained on these labels; `CANDIDATES` of each suffice. */
  readonly neighbours: NearestNeighbours;
  /** Identifies the bytes of an image: equal ones are copies without a look at the pixels. */
  readonly digests: readonly string[];
  /** Images in grey [64, 64], squashed to the square (`GREY_SIDE`), by place; those that cannot be read are left out. */
  readonly pictures: (images: Iterable<number>) => Promise<ReadonlyMap<number, Uint8Array>>;
  readonly signal?: StopSignal | undefined;
  /** Called as pairs are compared. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
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

/** Neighbours of an image that may be its copies. How near they are says little: small pictures change much. */
const CANDIDATES = 10;
/** Less agreement is no copy, and this much is one in any case. Measured on planted copies: docs/review.md. */
const LEAST_AGREEMENT = 0.8;
const SURE_AGREEMENT = 0.93;
/**
 * Between them a pair must stand out from the other pairs of both images: what does not agree is at most this share of what
 * does not in the `USUAL`-th best of them. Those before it may be further copies.
 */
const STANDS_OUT = 1 / 3;
const USUAL = 4;

/** Some 70 KB each. */
const KEPT_PRINTS = 256;

/**
 * Finds images that show the same picture: equal bytes, or neighbours whose details agree more than is usual among
 * their neighbours. Re-encoded, resized, mirrored, brightened copies are found, and crops that keep 80 % of the sides.
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
  const breath = breathing(o.signal);
  const candidates = await candidatesOf(o, breath);
  const shown = new Set<number>();
  for (const pair of candidates) {
    await breath();
    for (const image of pair) shown.add(image);
  }
  const printAt = printsOf(await o.pictures(shown));
  const compared: DuplicatePair[] = [];
  for (const [done, images] of candidates.entries()) {
    await breath();
    o.progress?.(done, candidates.length);
    const [first, second] = images.map(printAt);
    compared.push({ images, sameBytes: false, agreement: first && second ? pictureAgreement(first, second) : 0 });
  }
  const best = await bestAgreements(compared, breath);
  const standsOut = ({ images, agreement }: DuplicatePair) =>
    images.every((image) => {
      const own = best.get(image)!;
      // The pair itself is among them.
      const usual = own[agreement < own[USUAL - 1]! ? USUAL - 1 : USUAL] ?? 0;
      return 1 - agreement <= STANDS_OUT * (1 - usual);
    });
  return compared.filter(
    (pair) => pair.agreement >= SURE_AGREEMENT || (pair.agreement >= LEAST_AGREEMENT && standsOut(pair)),
  );
}

/** The prints of pictures, the last ones kept: an image is compared with all of its candidates in a row. */
function printsOf(pictures: ReadonlyMap<number, Uint8Array>) {
  const kept = new Map<number, PicturePrint>();
  return (image: number): PicturePrint | undefined => {
    const picture = pictures.get(image);
    const print = kept.get(image) ?? (picture && printOf(picture));
    if (!print) return undefined;
    kept.delete(image);
    kept.set(image, print);
    const [oldest] = kept.keys();
    if (kept.size > KEPT_PRINTS) kept.delete(oldest!);
    return print;
  };
}

/** Of each image, the `USUAL` + 1 highest agreements with others in falling order; fewer where it has no more. */
async function bestAgreements(
  pairs: readonly DuplicatePair[],
  breath: Breath,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const best = new Map<number, number[]>();
  for (const { images, agreement } of pairs) {
    await breath();
    for (const image of images) {
      const own = best.get(image) ?? [];
      best.set(image, own);
      own.push(agreement);
      own.sort((a, b) => b - a).splice(USUAL + 1);
    }
  }
  return best;
}

/** Neighbours of other bytes, each pair once: where both have each other, the lower image's. */
async function candidatesOf({ neighbours, digests }: DuplicateOptions, breath: Breath): Promise<[number, number][]> {
  const { count, rows } = neighbours;
  const listOf = (image: number) => rows.subarray(image * count, image * count + Math.min(count, CANDIDATES));
  const pairs: [number, number][] = [];
  for (let image = 0; image < digests.length; image++) {
    await breath();
    for (const other of listOf(image)) {
      if (other < 0 || digests[other] === digests[image]) continue;
      if (other > image) pairs.push([image, other]);
      else if (!listOf(other).includes(image)) pairs.push([other, image]);
    }
  }
  return pairs;
}
