import { breathing } from "../core/breath.ts";
import type { NearestNeighbours } from "../eval/index.ts";

/** An image that lies farther from its neighbours than these from theirs. */
export interface Outlier {
  readonly image: number;
  /** Mean cosine distance to its neighbours over the mean of theirs: about 1 where nothing is unusual. */
  readonly score: number;
}

export interface Outliers {
  /** All images with neighbours, the most unusual first; equal ones in their order. A ranking, never a verdict. */
  readonly ranked: readonly Outlier[];
  /** How many are above Tukey's fence, the third quartile and 1.5 times the distance between the quartiles. */
  readonly unusual: number;
}

/** Neighbours that an image is compared with. */
const OUTLIER_NEIGHBOURS = 10;

/**
 * Ranks images by how alone they are, relative to how alone their neighbours are: a sparse class has no more outliers for
 * being sparse. Source: a simplified local outlier factor (Breunig et al. 2000; Schubert et al. 2014).
 * @param neighbours of every image, among those that it is to be compared with (all, or those of its class)
 */
export async function outliers(neighbours: NearestNeighbours): Promise<Outliers> {
  const n = neighbours.count === 0 ? 0 : neighbours.rows.length / neighbours.count;
  const nearest = Array.from({ length: n }, (_, image) => nearestOf(neighbours, image));
  const distances = Float64Array.from({ length: n }, (_, image) => meanDistance(neighbours, image, nearest[image]!));
  const ranked: Outlier[] = [];
  const breath = breathing();
  for (let image = 0; image < n; image++) {
    await breath();
    const rows = nearest[image]!;
    if (rows.length === 0) continue;
    const theirs = rows.reduce((sum, row) => sum + distances[row]!, 0) / rows.length;
    ranked.push({ image, score: ratio(distances[image]!, theirs) });
  }
  ranked.sort((a, b) => b.score - a.score || a.image - b.image);
  return { ranked, unusual: aboveFence(ranked.map(({ score }) => score)) };
}

function nearestOf({ count, rows }: NearestNeighbours, image: number): Int32Array {
  const some = rows.subarray(image * count, image * count + Math.min(count, OUTLIER_NEIGHBOURS));
  const end = some.indexOf(-1);
  return end < 0 ? some : some.subarray(0, end);
}

function meanDistance({ count, similarities }: NearestNeighbours, image: number, { length }: Int32Array): number {
  let sum = 0;
  for (let place = 0; place < length; place++) sum += 1 - similarities[image * count + place]!;
  // Rounding may take the similarity of equal features above 1.
  return length === 0 ? 0 : Math.max(0, sum / length);
}

/** An image among copies of itself is as near as these. */
const ratio = (own: number, theirs: number): number => (theirs > 0 ? own / theirs : own > 0 ? Number.MAX_VALUE : 1);

/** @param scores in falling order */
function aboveFence(scores: readonly number[]): number {
  const quantile = (q: number) => scores[Math.floor((1 - q) * (scores.length - 1))] ?? 0;
  const fence = quantile(0.75) + 1.5 * (quantile(0.75) - quantile(0.25));
  return scores.filter((score) => score > fence).length;
}
