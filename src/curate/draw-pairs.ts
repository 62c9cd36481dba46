import type { Collection } from "../collection/index.ts";
import { fail, permutation, type Random, random } from "../core/index.ts";
import { type PairSide, pairSpace } from "./pair-space.ts";

/** How many pairs `drawPairs` draws, and from which classes. */
export interface PairOptions {
  /** Pairs to draw, 2 to 10,000; 100 by default. */
  readonly count?: number | undefined;
  /** Chooses the pairs; 0 by default. */
  readonly seed?: number | undefined;
  /** Coarse classes to look at, null for the images without one; all by default. */
  readonly coarse?: readonly (string | null)[] | undefined;
}

/** Two images of one coarse class, to ask whether they are of one fine class. */
export interface DrawnPair {
  /** Ids of the two images. */
  readonly id: number;
  readonly other: number;
  /** The name of each in the collection. */
  readonly path: string;
  readonly otherPath: string;
  readonly coarse: string | null;
  /** Whether they lie in one group. */
  readonly inside: boolean;
  /** Pairs that this one stands for: one through the probability that it is drawn. */
  readonly weight: number;
}

/** Pairs to ask about, in an order that tells nothing: whoever stops early has answered a fair share of both sides. */
export interface DrawnPairs {
  /** Images they were drawn from. */
  readonly images: number;
  /** Pairs there are inside one group, and across two of the same coarse class. */
  readonly inside: number;
  readonly across: number;
  readonly pairs: readonly DrawnPair[];
}

const MOST_PAIRS = 10_000;
const DEFAULT_PAIRS = 100;

/**
 * Draws pairs of live images of the same coarse class, to ask of each whether both are of one fine class. Half of the pairs
 * lie inside one group and half across two; each pair of a side is as likely as any other, and none is drawn twice. Where one
 * side has too few, the other gives more. An image in no group counts as a group of its own. The same seed gives the same
 * pairs.
 * @throws MaskconError "usage" where the count is out of range, a class is not known, or there are no groups or no pairs
 */
export function drawPairs(collection: Collection, o: PairOptions = {}): DrawnPairs {
  const { count = DEFAULT_PAIRS, seed = 0 } = o;
  if (!(Number.isSafeInteger(count) && count >= 2 && count <= MOST_PAIRS)) {
    fail("usage", { where: "count", expected: `pairs from 2 to ${MOST_PAIRS}`, found: String(count) });
  }
  const { rows, folder } = collection;
  const space = pairSpace(collection, o.coarse);
  const { inside, across } = space.pairs;
  if (rows.groups.list.length === 0) {
    fail("usage", { where: folder, expected: "groups", found: "none", fix: "propose them with `maskcon groups`" });
  }
  if (inside + across === 0) {
    fail("usage", { where: folder, expected: "two images of one coarse class", found: "none" });
  }
  const fromAcross = Math.min(across, count - Math.min(inside, Math.ceil(count / 2)));
  const fromInside = Math.min(inside, count - fromAcross);
  const rng = random(seed, count);
  const drawn = (side: PairSide, total: number, from: number): DrawnPair[] =>
    distinctNumbers(total, from, rng).map((number) => {
      const [a, b] = space.rowsOf(side, number);
      return {
        ...{ id: rows.ids[a]!, other: rows.ids[b]!, path: rows.names[a]!, otherPath: rows.names[b]! },
        coarse: rows.coarse.names[rows.coarse.numbers[a]!] ?? null,
        ...{ inside: side === "inside", weight: total / from },
      };
    });
  const pairs = [...drawn("inside", inside, fromInside), ...drawn("across", across, fromAcross)];
  const order = permutation(pairs.length, rng);
  return { images: space.images, inside, across, pairs: Array.from(order, (at) => pairs[at]!) };
}

/** `count` different numbers below `total`, each set of them as likely as another (Floyd's way). */
function distinctNumbers(total: number, count: number, rng: Random): number[] {
  const chosen = new Set<number>();
  for (let top = total - count; top < total; top++) {
    const number = below(top + 1, rng);
    chosen.add(chosen.has(number) ? top : number);
  }
  return [...chosen];
}

/** A number below n, where n may be larger than 2^32. */
const below = (n: number, rng: Random): number =>
  Math.min(n - 1, Math.floor((rng.uniform() + rng.uniform() / 2 ** 32) * n));
