import { canonicalName, fail, groupBy, hash } from "../../core/index.ts";
import type { LabelledFile } from "./labelled.ts";

export interface Split {
  readonly train: readonly LabelledFile[];
  readonly test: readonly LabelledFile[];
}

const TEST_FRACTION = 0.1;

/**
 * The data's own splits, if it names a test split; else holds out `fraction` of every class (of the fine classes, where they
 * are known, so that all can be evaluated): at least two images of four, for one to be found by the other, at least one of
 * two or three, and never all of them. Which ones depends only on the seed and the names, not on their order or on how a
 * file system writes letters.
 */
export function splitFiles(files: readonly LabelledFile[], fraction = TEST_FRACTION, seed = 0): Split {
  if (!(fraction >= 0 && fraction < 1)) {
    fail("config", { where: "testFraction", expected: "a share from 0 to below 1", found: String(fraction) });
  }
  const test = files.filter(({ split }) => split === "test");
  if (test.length > 0) return { train: files.filter(({ split }) => split !== "test"), test };
  const held = fraction > 0 ? heldOut(files, fraction, seed) : new Set<LabelledFile>();
  return { train: files.filter((file) => !held.has(file)), test: files.filter((file) => held.has(file)) };
}

function heldOut(files: readonly LabelledFile[], fraction: number, seed: number): Set<LabelledFile> {
  const classes = groupBy(files, ({ fine, coarse }) => fine ?? coarse);
  const held = new Set<LabelledFile>();
  for (const members of classes.values()) {
    const least = members.length < 4 ? 1 : 2;
    const count = Math.min(members.length - 1, Math.max(least, Math.round(members.length * fraction)));
    const ranked = members.map((file) => ({ file, rank: rankOf(canonicalName(file.id), seed) }));
    ranked.sort((a, b) => a.rank - b.rank || (a.file.id < b.file.id ? -1 : 1));
    for (const { file } of ranked.slice(0, count)) held.add(file);
  }
  return held;
}

/** What `hash` begins with. */
const START = 0x9e3779b9;

/** `hash(seed, ...bytes)` a byte at a time: as arguments, those of a long name overflow the stack. */
export function rankOf(id: string, seed: number): number {
  let rank = hash(seed);
  // Takes the hash's own beginning away, so that it goes on from `rank`.
  for (const byte of Buffer.from(id)) rank = hash((rank ^ START ^ byte) >>> 0);
  return rank;
}
