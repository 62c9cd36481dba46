import { counted } from "../core/index.ts";
import { CONTENT_WORDS, type ImageList, ROW_WORDS } from "./image-list.ts";
import { indexRows } from "./row-index.ts";

/** What became of one split of a run's images. */
export interface SplitChange {
  /** How many images the run has there, and how many were found. */
  readonly own: number;
  readonly found: number;
  /** Of the found ones: those of the run, those with another label, those of the run's other split, and all others. */
  readonly same: number;
  readonly relabelled: number;
  readonly moved: number;
  readonly others: number;
  /** [own], where each of the run's images was found; -1: nowhere. */
  readonly places: Int32Array;
}

export interface ImageChanges {
  readonly train: SplitChange;
  readonly test: SplitChange;
}

/** Compares images with a run's own, whatever their order. `labels`: whether an image with another label is another one. */
export function imageChanges(own: ImageList, found: ImageList, { labels = true } = {}): ImageChanges {
  const words = labels ? ROW_WORDS : CONTENT_WORDS;
  return {
    train: splitChange(own.train, own.test, found.train, words),
    test: splitChange(own.test, own.train, found.test, words),
  };
}

export const isUnchanged = ({ own, found, same }: SplitChange): boolean => same === own && same === found;

function splitChange(own: Int32Array, other: Int32Array, found: Int32Array, words: number): SplitChange {
  const index = indexRows(found, { stride: ROW_WORDS, words });
  const places = Int32Array.from({ length: own.length / ROW_WORDS }, (_, i) => index.take(own, i));
  const taken = new Uint8Array(found.length / ROW_WORDS);
  for (const place of places) if (place >= 0) taken[place] = 1;
  const left = Int32Array.from(taken.keys()).filter((place) => taken[place] === 0);
  // What is left is looked for by its content alone.
  const rest = indexRows(found, { stride: ROW_WORDS, words: CONTENT_WORDS }, left);
  let relabelled = 0;
  for (const [i, place] of places.entries()) if (place < 0 && rest.take(own, i) >= 0) relabelled++;
  let moved = 0;
  for (let i = 0; i < other.length / ROW_WORDS; i++) while (rest.take(other, i) >= 0) moved++;
  return {
    ...{ own: places.length, found: taken.length, same: taken.length - left.length, relabelled, moved, places },
    others: left.length - relabelled - moved,
  };
}

/** The same without regard to the splits. */
export function unionChange(own: ImageList, found: ImageList): SplitChange {
  const none = new Int32Array(0);
  const union = ({ train, test }: ImageList) => {
    const rows = new Int32Array(train.length + test.length);
    rows.set(train);
    rows.set(test, train.length);
    return rows;
  };
  return splitChange(union(own), none, union(found), ROW_WORDS);
}

/** How many images of `rows` have the content of one of `among`. */
export function sharedImages(rows: Int32Array, among: Int32Array): number {
  const index = indexRows(rows, { stride: ROW_WORDS, words: CONTENT_WORDS });
  let shared = 0;
  for (let i = 0; i < among.length / ROW_WORDS; i++) while (index.take(among, i) >= 0) shared++;
  return shared;
}

/**
 * What was found in place of a run's images, in words.
 * @example { expected: "the 54 training images of this run", found: "50 of them and 4 others" }
 */
export function changeText({ train, test }: ImageChanges): { expected: string; found: string } {
  const [training, testing] = [`${train.own} training`, `${test.own} test`];
  const [trained, tested] = [partText(train, "test"), partText(test, "training")];
  if (isUnchanged(test)) return { expected: `the ${training} images of this run`, found: trained };
  if (isUnchanged(train)) return { expected: `the ${testing} images of this run`, found: tested };
  const found = `for training ${trained}, for testing ${tested}`;
  return { expected: `the ${training} and ${testing} images of this run`, found };
}

/** @param other what the images of the other split are called */
export function partText({ same, relabelled, moved, others }: SplitChange, other: string): string {
  const parts = [
    `${same} of them`,
    relabelled > 0 && `${relabelled} with another label`,
    moved > 0 && `${moved} of its ${other} images`,
    others > 0 && counted(others, "other"),
  ].filter((text) => text !== false);
  return parts.length === 1 ? parts[0]! : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
