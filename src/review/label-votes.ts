import { type Breath, breathing } from "../core/breath.ts";
import type { NearestNeighbours } from "../eval/index.ts";

/** What the neighbours of images say of their labels. Few of many classes have a vote: the others take no memory. */
export interface LabelVotes {
  /** [n, 30]: the labels that an image's voters have, each once, rising; -1 in the places that are left. */
  readonly labels: Int32Array;
  /** [n, 30]: the shares of these labels, which sum to 1. */
  readonly shares: Float64Array;
}

export interface VoteOptions {
  /** Of every image among all, at least `VOTERS` of each where there are so many. */
  readonly neighbours: NearestNeighbours;
  /** [n], from 0 on; an image without a label, -1, does not vote. */
  readonly labels: Int32Array;
  /** [n]: images with the same entry from 0 on do not vote for each other: a copy has its original's wrong label. */
  readonly copies?: Int32Array | undefined;
}

/** Neighbours whose labels count. */
export const VOTERS = 30;
/** Copies that may stand before them. */
export const COPIES_BEFORE = 20;
/**
 * A neighbour's weight is exp((s - s1) / (SHARPNESS gap)): s its similarity, s1 the nearest one's, gap the median of
 * s1 - s30 over all images. So features of any spread give the same kind of vote. Chosen on Cars-mini and CIFAR-100
 * behind two models (docs/review.md).
 */
const SHARPNESS = 0.75;

/** The votes of the `VOTERS` nearest neighbours, the nearer the heavier. */
export async function labelVotes(o: VoteOptions): Promise<LabelVotes> {
  const n = o.labels.length;
  const breath = breathing();
  const gap = SHARPNESS * (await medianGap(o, breath));
  const votes = { labels: new Int32Array(n * VOTERS).fill(-1), shares: new Float64Array(n * VOTERS) };
  for (let image = 0; image < n; image++) {
    await breath();
    const voters = votersOf(o, image);
    const weights = new Map<number, number>();
    let total = 0;
    for (const { row, similarity } of voters) {
      // Where all neighbours are equally near, all count alike.
      const weight = gap > 0 ? Math.exp((similarity - voters[0]!.similarity) / gap) : 1;
      weights.set(o.labels[row]!, (weights.get(o.labels[row]!) ?? 0) + weight);
      total += weight;
    }
    for (const [place, label] of [...weights.keys()].sort((a, b) => a - b).entries()) {
      votes.labels[image * VOTERS + place] = label;
      votes.shares[image * VOTERS + place] = weights.get(label)! / total;
    }
  }
  return votes;
}

/** Visits the labels that have a vote on an image, in rising order. */
export function forEachVote(
  { labels, shares }: LabelVotes,
  image: number,
  visit: (label: number, share: number) => void,
): void {
  const end = (image + 1) * VOTERS;
  for (let at = image * VOTERS; at < end && labels[at]! >= 0; at++) visit(labels[at]!, shares[at]!);
}

interface Voter {
  readonly row: number;
  readonly similarity: number;
}

function votersOf({ neighbours: { count, rows, similarities }, labels, copies }: VoteOptions, image: number): Voter[] {
  const set = copies?.[image] ?? -1;
  const voters: Voter[] = [];
  for (let at = image * count; at < (image + 1) * count && voters.length < VOTERS; at++) {
    const row = rows[at]!;
    if (row < 0) break;
    const isCopy = set >= 0 && copies![row] === set;
    if (!isCopy && labels[row]! >= 0) voters.push({ row, similarity: similarities[at]! });
  }
  return voters;
}

async function medianGap(o: VoteOptions, breath: Breath): Promise<number> {
  const gaps = new Float64Array(o.labels.length);
  for (let image = 0; image < gaps.length; image++) {
    await breath();
    const voters = votersOf(o, image);
    gaps[image] = voters.length === 0 ? 0 : voters[0]!.similarity - voters.at(-1)!.similarity;
  }
  return gaps.sort()[gaps.length >> 1] ?? 0;
}
