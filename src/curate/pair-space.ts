import type { Collection } from "../collection/index.ts";
import { wantedClasses } from "./wanted-classes.ts";

/** Where a pair lies: in one group, or in two of the same coarse class. */
export type PairSide = "inside" | "across";

/** All pairs of live images of the same coarse class, numbered on each side. An image in no group is a group of its own. */
export interface PairSpace {
  readonly images: number;
  /** How many there are. */
  readonly pairs: Readonly<Record<PairSide, number>>;
  /** The rows of a pair by its number. */
  rowsOf(side: PairSide, number: number): readonly [number, number];
}

/**
 * Images lie in the order of their class and group: the partners of each, among those behind it, are then two runs.
 * @throws MaskconError "usage" where a class is not known
 */
export function pairSpace(collection: Collection, coarse: readonly (string | null)[] | undefined): PairSpace {
  const { coarse: classes, groups, status } = collection.rows;
  const wanted = wantedClasses(collection, coarse);
  const chosen = Int32Array.from(classes.numbers.keys()).filter(
    (row) => status[row] === 0 && (!wanted || wanted.has(classes.numbers[row]!)),
  );
  const classOf = (row: number) => classes.numbers[row]!;
  const order = chosen.sort((a, b) => classOf(a) - classOf(b) || groups.of[a]! - groups.of[b]! || a - b);
  const n = order.length;
  const [groupEnd, inside, across] = [new Int32Array(n), new Float64Array(n + 1), new Float64Array(n + 1)];
  for (let at = n - 1, classEnd = n; at >= 0; at--) {
    const [row, next] = [order[at]!, order[at + 1]];
    const isLast = next === undefined || classOf(next) !== classOf(row);
    if (isLast) classEnd = at + 1;
    const goesOn = !isLast && groups.of[row] !== 0 && groups.of[row] === groups.of[next];
    groupEnd[at] = goesOn ? groupEnd[at + 1]! : at + 1;
    inside[at + 1] = groupEnd[at]! - at - 1;
    across[at + 1] = classEnd - groupEnd[at]!;
  }
  for (const sums of [inside, across]) for (let at = 0; at < n; at++) sums[at + 1]! += sums[at]!;
  return {
    images: n,
    pairs: { inside: inside[n]!, across: across[n]! },
    rowsOf(side, number) {
      const sums = side === "inside" ? inside : across;
      const first = lastAtMost(sums, number);
      const start = side === "inside" ? first + 1 : groupEnd[first]!;
      return [order[first]!, order[start + number - sums[first]!]!];
    },
  };
}

/** The last place of rising values whose value is at most this. */
function lastAtMost(values: Float64Array, value: number): number {
  let [low, high] = [0, values.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (values[middle]! <= value) low = middle;
    else high = middle;
  }
  return low;
}
