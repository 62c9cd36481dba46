import type { StopSignal } from "../core/index.ts";
import { outsideVotes } from "./outside-votes.ts";

/** A group whose nearest images outside of it have another label: one decision for all of its images. */
export interface WrongGroup {
  /** As `groupOf` has it. */
  readonly group: number;
  /** Its images that have `label`, in rising order. */
  readonly images: Int32Array;
  readonly label: number;
  /** The label that most of the nearest images outside have. */
  readonly suggested: number;
  /** The share of those that have it, from 2/3 to 1; and of those that have `label`. */
  readonly share: number;
  readonly ownShare: number;
  /** log((share + 0.2) / (ownShare + 0.2)), as for a single label: from 0.48 to 1.8. */
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
}

/** A smaller group is a few single labels. */
const LEAST_IMAGES = 5;
/** With fewer images of the label outside of the group, nothing says where the label lies. */
const LEAST_OUTSIDE = 10;
/** Fewer neighbours of one other label are a group between two classes. */
const LEAST_SHARE = 2 / 3;
/** As for single labels. */
const PRIOR = 0.2;

/**
 * Groups that look like another coarse class as a whole, of the highest doubt first: two thirds of the nearest images outside of
 * the group have one other label. A single image of such a group is not suspect, because its neighbours are the group. A group
 * that is nearly all of its class is never listed: it is what the label means. No one other group decides: of two groups that
 * only have each other, nothing says which is wrong.
 */
export async function wrongGroups(o: WrongGroupOptions): Promise<WrongGroup[]> {
  const questions = questionsOf(o);
  const votes = await outsideVotes(o, questions);
  const found = questions.flatMap(({ group, label, images }, i) => {
    const verdict = verdictOf(votes.subarray(i * o.classes, (i + 1) * o.classes), label);
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

/** @param shares [classes], of the nearest images outside of a group */
function verdictOf(shares: Float64Array, label: number) {
  const suggested = shares.reduce((best, share, c) => (share > shares[best]! ? c : best), 0);
  const [share, ownShare] = [shares[suggested]!, shares[label]!];
  if (suggested === label || share < LEAST_SHARE) return undefined;
  return { suggested, share, ownShare, doubt: Math.log((share + PRIOR) / (ownShare + PRIOR)) };
}
