import { fail } from "../core/index.ts";
import type { DrawnPairs } from "./draw-pairs.ts";

/** Of one fine class or not; "unsure" where one cannot say; undefined where nobody has looked. */
export type PairAnswer = "same" | "different" | "unsure" | undefined;

/** An estimate with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Answers about the pairs of one side: inside one group, or across two. */
export interface ScoredSide {
  /** Pairs there are. */
  readonly pairs: number;
  /** Pairs that were answered "same" or "different". */
  readonly answered: number;
  readonly same: number;
}

/** How far groups can be trusted, by a person's answers. */
export interface PairScores {
  readonly inside: ScoredSide;
  readonly across: ScoredSide;
  readonly unsure: number;
  /** Share of the pairs inside one group that are of one fine class; undefined where no group has two images. */
  readonly precision: Estimate | undefined;
  /** Share of the pairs of one fine class that lie inside one group; undefined where no pair was "same". */
  readonly recall: Estimate | undefined;
  /** Effective number of fine classes of a coarse class; see `scorePairs`. */
  readonly fineClasses: Estimate;
}

/** Of a normal distribution, two-sided. */
const Z_95 = 1.959964;
const HALVINGS = 50;

/**
 * Estimates from answers about drawn pairs what all pairs would say. Answers stand in the order of the pairs.
 *
 * Each side's share of "same" is unbiased, and so are precision and the number of "same" pairs, the sum over both sides of
 * the pairs there are times their share. Recall and the number of classes are ratios of such numbers: they are unbiased but
 * for a part that falls as one through the number of answers. "unsure" and unanswered pairs are left out, as though they
 * were like the others of their side.
 *
 * Intervals: Wilson's of each side's share, joined into one of a sum, and of a ratio by Fieller's argument, as the MOVER
 * method does (Zou and Donner 2008). Unlike a bootstrap or the delta method they have a length where all answers of a side are
 * alike, which is common with fifty, and need no random numbers.
 *
 * `fineClasses`: the probability that two images of a coarse class are of one fine class is the sum of the squared shares of
 * its fine classes. One through it is the number of classes of equal size that would give the same: the effective number
 * (Simpson's). It is no count: it is smaller where sizes differ, and a class of few images hardly adds to it. The count itself
 * needs many pairs with the same image (arXiv 2312.05287). Over several coarse classes it is their harmonic mean, weighted by the squared number of
 * images.
 * @throws MaskconError "usage" where the answers are not as many as the pairs, or a side that has pairs has no answer
 */
export function scorePairs(drawn: DrawnPairs, answers: readonly PairAnswer[]): PairScores {
  if (answers.length !== drawn.pairs.length) {
    const expected = `${drawn.pairs.length} answers, one a pair`;
    fail("usage", { where: "answers", expected, found: String(answers.length) });
  }
  const [inside, across] = [sideOf(drawn, answers, true), sideOf(drawn, answers, false)];
  const total = inside.pairs + across.pairs;
  const [x, y] = [shareOf(inside), shareOf(across)];
  const same = sum(weighed(x, inside.pairs), weighed(y, across.pairs));
  // Two images drawn one after the other from a class, the first put back: the shares' squares add up to just this.
  const classes = (pairs: number) => (drawn.images + 2 * total) / (drawn.images + 2 * pairs);
  return {
    ...{ inside, across, unsure: answers.filter((answer) => answer === "unsure").length },
    precision: inside.pairs > 0 ? x : undefined,
    recall: same.value > 0 ? ratio(weighed(x, inside.pairs), weighed(y, across.pairs)) : undefined,
    fineClasses: { value: classes(same.value), low: classes(same.high), high: classes(same.low) },
  };
}

function sideOf(drawn: DrawnPairs, answers: readonly PairAnswer[], isInside: boolean): ScoredSide {
  const own = answers.filter((_, i) => drawn.pairs[i]!.inside === isInside);
  const same = own.filter((answer) => answer === "same").length;
  const answered = same + own.filter((answer) => answer === "different").length;
  const pairs = isInside ? drawn.inside : drawn.across;
  if (pairs > 0 && answered === 0) {
    const expected = `"same" or "different" for a pair ${isInside ? "inside one group" : "across two groups"}`;
    fail("usage", { where: "answers", expected, found: "none", fix: "answer more pairs" });
  }
  return { pairs, answered, same };
}

/** Wilson's interval. */
function shareOf({ answered: n, same }: ScoredSide): Estimate {
  if (n === 0) return { value: 0, low: 0, high: 0 };
  const value = same / n;
  const square = Z_95 ** 2;
  const centre = (same + square / 2) / (n + square);
  const half = (Z_95 / (n + square)) * Math.sqrt(n * value * (1 - value) + square / 4);
  // At the ends it is exact, but for rounding.
  return { value, low: same === 0 ? 0 : centre - half, high: same === n ? 1 : centre + half };
}

const weighed = ({ value, low, high }: Estimate, by: number): Estimate => ({
  ...{ value: by * value, low: by * low, high: by * high },
});

function sum(a: Estimate, b: Estimate): Estimate {
  const value = a.value + b.value;
  return {
    ...{ value, low: value - Math.hypot(a.value - a.low, b.value - b.low) },
    high: value + Math.hypot(a.high - a.value, b.high - b.value),
  };
}

/** a / (a + b): the shares r for which the interval of (1 - r) a - r b has zero in it. */
function ratio(a: Estimate, b: Estimate): Estimate {
  const difference = (r: number) => {
    const { value, low, high } = weighed(b, -r);
    return sum(weighed(a, 1 - r), { value, low: high, high: low });
  };
  const value = a.value / (a.value + b.value);
  return {
    value,
    low: turningPoint(0, value, (r) => difference(r).low > 0),
    high: turningPoint(value, 1, (r) => difference(r).high >= 0),
  };
}

/** Where a condition that holds from `low` on ceases to. */
function turningPoint(low: number, high: number, holds: (at: number) => boolean): number {
  if (holds(high)) return high;
  let [from, to] = [low, high];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (from + to) / 2;
    if (holds(middle)) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}
