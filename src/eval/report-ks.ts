import { groupsOf } from "./groups.ts";
import type { Question } from "./recall.ts";

/** The K that a report has, each where it is smaller than the number of images that are searched. */
export const recallKs: readonly number[] = [1, 2, 5, 10, 50, 100];

/** Those of `recallKs` that say something of a ranking of `gallery` images: a larger K finds all of them. 1 is always there. */
export const ksAmong = (gallery: number): number[] => recallKs.filter((k) => k === 1 || k < gallery);

/** The K for a question about `n` images. Within groups the largest counts. */
export function ksOf({ within }: Question, n: number): number[] {
  const searched = within ? groupsOf(within).reduce((most, { length }) => Math.max(most, length), 0) : n;
  return ksAmong(searched - 1);
}
