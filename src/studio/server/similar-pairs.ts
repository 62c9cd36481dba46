import type { Collection } from "../../collection/index.ts";
import { breathing } from "../../core/breath.ts";
import type { GroupPair } from "../protocol.ts";

/** Pairs that are listed, at most: nobody goes through more. */
const MOST_PAIRS = 1000;

/**
 * Pairs of groups of a coarse class by the cosine of their mean vectors, the most similar first: vectors of the encoder by
 * which the groups were proposed, less the mean of all of the groups. That has most of what they have in common.
 */
export async function similarPairs(collection: Collection, coarse: number): Promise<GroupPair[]> {
  const { rows, record } = collection;
  const name = rows.coarse.names[coarse] ?? null;
  const groups = rows.groups.list.filter((group) => group.coarse === name && group.size > 0);
  const proposed = groups.find((group) => group.proposed)?.proposed;
  const by = proposed ? collection.proposal(proposed.proposal).by : "frozen";
  const dim = record.encoder[by];
  const vectors = await collection.vectors(by);
  const placeOf = new Map(groups.map(({ id }, place) => [id, place]));
  const means = groups.map(() => new Float64Array(dim));
  const breath = breathing();
  for (let row = 0; row < rows.length; row++) {
    await breath();
    const mean = means[placeOf.get(rows.groups.of[row]!) ?? -1];
    if (!mean || rows.status[row] !== 0) continue;
    for (let d = 0; d < dim; d++) mean[d]! += vectors[row * dim + d]!;
  }
  const middle = Float64Array.from({ length: dim }, (_, d) => means.reduce((sum, mean) => sum + mean[d]!, 0));
  const images = groups.reduce((sum, { size }) => sum + size, 0);
  for (const [place, mean] of means.entries()) {
    for (let d = 0; d < dim; d++) mean[d] = mean[d]! / groups[place]!.size - middle[d]! / images;
    const length = Math.hypot(...mean) || 1;
    for (let d = 0; d < dim; d++) mean[d]! /= length;
  }
  const pairs: GroupPair[] = [];
  for (let i = 0; i < means.length; i++) {
    await breath();
    for (let j = i + 1; j < means.length; j++) {
      const similarity = means[i]!.reduce((sum, value, d) => sum + value * means[j]![d]!, 0);
      pairs.push({ groups: [groups[i]!.id, groups[j]!.id], similarity });
    }
  }
  return pairs.sort((a, b) => b.similarity - a.similarity).slice(0, MOST_PAIRS);
}
