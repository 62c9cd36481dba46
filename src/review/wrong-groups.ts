import type { StopSignal } from "../core/index.ts";
import { outsideVotes } from "./outside-votes.ts";

/** A group with labels around it as around groups of another class: one decision for all of its images. */
export interface WrongGroup {
  /** As `groupOf` has it. */
  readonly group: number;
  /** Its images that have `label`, in rising order. */
  readonly images: Int32Array;
  readonly label: number;
  /** The label among whose groups this one would be usual. */
  readonly suggested: number;
  /** The share of the nearest images outside that have it, and of those that have `label`. */
  readonly share: number;
  readonly ownShare: number;
  /** How much likelier these shares are around a group of the suggested label, as a logarithm: from 0.3 on. */
  readonly doubt: number;
}

export interface WrongGroupOptions {
  /** [n, dim] of length 1, of an encoder that did not learn these labels. */
  readonly features: Float32Array;
  readonly dim: number;
  /** [n], from 0 to below `classes`; -1 for an image without a label. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** [n]: the number of the group of each image, from 0 on; -1 for an image in none. */
  readonly groupOf: Int32Array;
  readonly threads?: number | undefined;
  readonly signal?: StopSignal | undefined;
  /** Called as images of groups are asked for their neighbours. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** A smaller group is a few single labels. */
const LEAST_IMAGES = 5;
/** With fewer images of the label outside of the group, nothing says where the label lies. */
const LEAST_OUTSIDE = 10;
/** Of the votes around a usual group, spread evenly over all labels. */
const PRIOR = 0.2;
/** Chosen on groups that were moved to other classes: docs/review.md. */
const LEAST_DOUBT = 0.3;
/** A group between two classes has less than this share of the doubt that one of the suggested label would have. */
const LEAST_LIKENESS = 0.75;

/**
 * Groups that look like another coarse class as a whole, of the highest doubt first: the labels of the nearest images outside of
 * the group are as around the groups of another label, not as around the other groups of its own. A single image of such a group
 * is not suspect, because its neighbours are the group. A group that is nearly all of its class is never listed: it is what the
 * label means. No one other group decides: of two groups that only have each other, nothing says which is wrong.
 */
export async function wrongGroups(o: WrongGroupOptions): Promise<WrongGroup[]> {
  const questions = questionsOf(o);
  const votes = await outsideVotes(o, questions);
  const around = questions.map((question, i) => ({
    ...question,
    shares: votes.subarray(i * o.classes, (i + 1) * o.classes),
  }));
  const usual = usualShares(around, o.classes);
  const found = around.flatMap((one) => {
    const verdict = verdictOf(one, usual);
    const { group, label, images } = one;
    return verdict ? [{ group, images, label, ...verdict }] : [];
  });
  return found.sort((a, b) => b.doubt - a.doubt || a.images[0]! - b.images[0]!);
}

/** The images of one label in a group. */
interface GroupQuestion {
  readonly group: number;
  readonly label: number;
  readonly images: Int32Array;
}

function questionsOf({ labels, classes, groupOf }: WrongGroupOptions): GroupQuestion[] {
  const sizes = new Int32Array(classes);
  const members = new Map<string, { group: number; label: number; images: number[] }>();
  labels.forEach((label, image) => {
    if (label < 0) return;
    sizes[label]! += 1;
    const group = groupOf[image]!;
    if (group < 0) return;
    const key = `${group} ${label}`;
    const own = members.get(key) ?? { group, label, images: [] };
    own.images.push(image);
    members.set(key, own);
  });
  return [...members.values()]
    .filter(({ label, images: { length } }) => length >= LEAST_IMAGES && sizes[label]! - length >= LEAST_OUTSIDE)
    .map(({ images, ...question }) => ({ ...question, images: Int32Array.from(images) }));
}

/** A group with the shares [classes] of the labels among the nearest images outside of it. */
interface Surrounded extends GroupQuestion {
  readonly shares: Float64Array;
}

/**
 * What is usual around the groups of a label, another group left out: a mean [classes] of their shares, none of which is 0. Where
 * the label has no other group, all votes are its own.
 */
type UsualShares = (label: number, without: Surrounded) => Float64Array;

function usualShares(around: readonly Surrounded[], classes: number): UsualShares {
  const none = new Float64Array(classes);
  /** Of many classes few may have a group: the others take no memory. */
  const sums = new Map<number, Float64Array>();
  const counts = new Int32Array(classes);
  for (const { label, shares } of around) {
    counts[label]! += 1;
    const sum = sums.get(label) ?? none.slice();
    sums.set(label, sum);
    shares.forEach((share, c) => {
      sum[c]! += share;
    });
  }
  return (label, without) => {
    const isOwn = without.label === label;
    const count = counts[label]! - Number(isOwn);
    const left = isOwn ? without.shares : none;
    const mean = (sum: number, c: number) => (count > 0 ? Math.max(0, sum - left[c]!) / count : Number(c === label));
    return (sums.get(label) ?? none).map((sum, c) => (mean(sum, c) + PRIOR / classes) / (1 + PRIOR));
  };
}

function verdictOf(one: Surrounded, usual: UsualShares) {
  const { label, shares } = one;
  const own = usual(label, one);
  let best = { suggested: label, doubt: 0, likeness: 0 };
  for (let c = 0; c < shares.length; c++) {
    // A label that no neighbour has is not suggested; of many labels most are such.
    if (c === label || shares[c] === 0) continue;
    const other = usual(c, one);
    const doubt = shares.reduce((sum, share, i) => sum + share * Math.log(other[i]! / own[i]!), 0);
    if (doubt <= best.doubt) continue;
    const ofUsual = other.reduce((sum, share, i) => sum + share * Math.log(share / own[i]!), 0);
    best = { suggested: c, doubt, likeness: doubt / ofUsual };
  }
  const { suggested, doubt, likeness } = best;
  if (doubt < LEAST_DOUBT || likeness < LEAST_LIKENESS) return undefined;
  return { suggested, doubt, share: shares[suggested]!, ownShare: shares[label]! };
}
