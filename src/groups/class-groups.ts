import { gatherRows, permutation, random, type StopSignal } from "../core/index.ts";
import type { DistinctRows } from "./distinct-rows.ts";
import { type Evidence, gatherEvidence, groupCounts, isSeparate, streams } from "./evidence.ts";
import { foundAgain } from "./found-again.ts";
import { LEAST_GROUP, partition } from "./partition.ts";
import { AXES, placeImages } from "./place-images.ts";
import { type GroupTree, treeOfParts } from "./tree.ts";
import { countVotes } from "./votes.ts";

/**
 * Why a class has the groups it has. "groups": its parts are more separate than one Gaussian's. "one-gaussian": they are not
 * clearly. "too-few": fewer than 20 different images. "small-groups": every cut leaves a group of fewer than 10.
 */
export type Reason = "groups" | "one-gaussian" | "too-few" | "small-groups";

/** One group inside a coarse class. */
export interface Group {
  /** Members, images of the "not sure" tray left out. */
  readonly size: number;
  /** Share of the group that is found again in half of the images, 0 to 1; undefined for the only group. */
  readonly foundAgain: number | undefined;
}

/** The groups inside one class, and what speaks for them. */
export interface ClassGroups {
  /** Rows of the features, ascending. */
  readonly members: Int32Array;
  /** Largest first in the sample; one where there are no groups inside the class. */
  readonly groups: readonly Group[];
  /** [members], each image's group, by its place in `groups`; -1 for the "not sure" tray. */
  readonly groupOf: Int32Array;
  /** [members], the same without the tray. */
  readonly likelyGroup: Int32Array;
  /** [members], share of the nearest images that lie in the likely group. */
  readonly confidence: Float32Array;
  readonly reason: Reason;
  /** Undefined where there are too few images. */
  readonly evidence: Evidence | undefined;
  /** Of at most 2,000 different images. */
  readonly tree: GroupTree;
  /** [members], the leaf of the tree that is the image, or else its nearest. */
  readonly leafOf: Int32Array;
}

/** A class of more different images is grouped by a sample of so many; the others join by their nearest. */
const MOST_SAMPLED = 2000;
/** Of its nearest images at least this share must be of an image's group, or it lies in the tray. */
const SURE = 1 / 3;

/** A class to group. */
export interface ClassJob {
  /** [distinct, dim] the whitened features of `distinct.rows`, of length 1. */
  readonly rows: Float32Array;
  readonly dim: number;
  readonly members: Int32Array;
  readonly distinct: DistinctRows;
  readonly seed: number;
}

/** @param signal aborts within a second or so, by throwing its reason */
export async function groupClass(
  { rows, dim, members, distinct, seed }: ClassJob,
  signal?: StopSignal,
): Promise<ClassGroups> {
  const count = distinct.rows.length;
  const sample = permutation(count, random(seed, streams.sample)).slice(0, MOST_SAMPLED).sort();
  const found = await groupSample(gatherRows(rows, dim, sample), dim, seed, signal);
  const groupOfLeaf = new Int32Array(sample.length);
  found.parts.forEach((part, group) => {
    for (const leaf of part) groupOfLeaf[leaf] = group;
  });
  const groups = found.parts.length;
  const { nearest, shares } = await countVotes(rows, dim, sample, groupOfLeaf, groups);
  const leafAt = new Map(Array.from(sample, (row, leaf) => [row, leaf]));
  const likely = Int32Array.from(distinct.rows, (_, row) => {
    const leaf = leafAt.get(row);
    return leaf === undefined ? mostVotes(shares, row * groups, groups) : groupOfLeaf[leaf]!;
  });
  const likelyGroup = distinct.placeOf.map((place) => likely[place]!);
  const confidence = Float32Array.from(distinct.placeOf, (place, i) =>
    groups === 1 ? 1 : shares[place * groups + likelyGroup[i]!]!,
  );
  const groupOf = likelyGroup.map((group, i) => (confidence[i]! < SURE ? -1 : group));
  return {
    members,
    groups: found.parts.map((_, group) => ({
      size: groupOf.reduce((size, own) => size + Number(own === group), 0),
      foundAgain: found.foundAgain?.[group],
    })),
    groupOf,
    likelyGroup,
    confidence,
    reason: found.reason,
    evidence: found.evidence,
    tree: { ...found.tree, leaves: sample.map((row) => distinct.rows[row]!) },
    leafOf: distinct.placeOf.map((place) => nearest[place]!),
  };
}

/** @param rows [n, dim] */
async function groupSample(rows: Float32Array, dim: number, seed: number, signal: StopSignal | undefined) {
  const n = rows.length / dim;
  const everyRow = Int32Array.from({ length: n }, (_, i) => i);
  if (n < 2 * LEAST_GROUP) {
    const tree = treeOfParts(Float64Array.from(rows), dim, [everyRow]);
    return { parts: [everyRow], reason: "too-few" as const, evidence: undefined, foundAgain: undefined, tree };
  }
  const evidence = await gatherEvidence(rows, dim, seed, signal);
  const points = await placeImages(rows, dim, seed, signal);
  const separate = isSeparate(evidence);
  const parts = separate ? await partition(points, AXES, groupCounts(evidence)) : [everyRow];
  const reason: Reason = parts.length > 1 ? "groups" : separate ? "small-groups" : "one-gaussian";
  const again = parts.length > 1 ? await foundAgain(rows, dim, parts, seed, signal) : undefined;
  return { parts, reason, evidence, foundAgain: again, tree: treeOfParts(points, AXES, parts) };
}

/** The first of those with the most votes. */
function mostVotes(shares: Float32Array, start: number, groups: number): number {
  let best = 0;
  for (let group = 1; group < groups; group++) if (shares[start + group]! > shares[start + best]!) best = group;
  return best;
}
