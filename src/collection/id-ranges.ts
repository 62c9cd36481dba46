import { type ErrorCode, fail } from "../core/index.ts";

/** Ids [first, last], both included. */
export type IdRange = readonly [first: number, last: number];

/** Ids in ascending order as text: `1-50000,50007`. So a hundred thousand ids are one short line of the journal. */
export function formatIds(ids: ArrayLike<number>): string {
  const sorted = Int32Array.from(ids).sort();
  const parts: string[] = [];
  for (let i = 0; i < sorted.length; ) {
    const first = sorted[i]!;
    let last = first;
    for (; i < sorted.length && sorted[i]! <= last + 1; i++) last = sorted[i]!;
    parts.push(first === last ? `${first}` : `${first}-${last}`);
  }
  return parts.join(",");
}

const range = /^([1-9]\d{0,9})(?:-([1-9]\d{0,9}))?$/;

/**
 * Reads such a text; an empty one has no ids.
 * @param below every id is smaller
 * @throws MaskconError "data" where it is another text, not in ascending order, or has an id of no row; or the `code` given
 */
export function parseIds(text: string, below: number, where: string, code: ErrorCode = "data"): IdRange[] {
  if (text === "") return [];
  let before = 0;
  return text.split(",").map((part) => {
    const [, from, to = from] = range.exec(part) ?? [];
    const [first, last] = [Number(from), Number(to)];
    if (!(first > before && last >= first && last < below)) {
      fail(code, { where, expected: `ascending ids below ${below}, as in "1-5,9"`, found: part.slice(0, 40) });
    }
    before = last;
    return [first, last];
  });
}

/** How many ids such a text names; NaN where it is another text. */
export function countIds(text: string): number {
  let count = 0;
  for (const part of text.split(",")) {
    const [first, last = first] = part.split("-").map(Number);
    count += last! - first! + 1;
  }
  return count;
}

/** More ids are no list that somebody wrote. */
const MOST_LISTED = 2 ** 24;

/**
 * The ids of such a text, one by one.
 * @throws MaskconError "data" where `parseIds` does, or there are more than 16 million; or the `code` given
 */
export function listIds(text: string, below: number, where: string, code: ErrorCode = "data"): number[] {
  const ranges = parseIds(text, below, where, code);
  const count = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  if (count > MOST_LISTED) fail(code, { where, expected: `at most ${MOST_LISTED} ids`, found: String(count) });
  return ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
}
