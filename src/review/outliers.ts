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

/** Neighbours count as no nearer to theirs than this share of the usual distance: equal features are at none. */
const LEAST_SHARE = 1e-3;

/**
 * Ranks images by how alone they are, relative to how alone their neighbours are: a sparse class has no more outliers for
 * being sparse. Source: a simplified local outlier factor (Breunig et al. 2000; Schubert et al. 2014).
 * @param neighbours of every image, among those that it is to be compared with (all, or those of its class); more than 10 of
 * each where some may be copies
 * @param copies [n]: images with the same entry from 0 on are no neighbours: else what lies beside many copies of one picture
 * would be an outlier, because these lie so near to each other
 */
export async function outliers(neighbours: NearestNeighbours, copies?: Int32Array): Promise<Outliers> {
  const n = neighbours.count === 0 ? 0 : neighbours.rows.length / neighbours.count;
  const breath = breathing();
  const nearest: Int32Array[] = [];
  const distances = new Float64Array(n);
  for (let image = 0; image < n; image++) {
    await breath();
    const places = placesOf(neighbours, image, copies);
    nearest.push(places.map((place) => neighbours.rows[place]!));
    distances[image] = meanDistance(neighbours, places);
  }
  const above = distances.filter((distance) => distance > 0).sort();
  const usual = above[above.length >> 1] ?? 0;
  const ranked: Outlier[] = [];
  for (let image = 0; image < n; image++) {
    await breath();
    const rows = nearest[image]!;
    if (rows.length === 0) continue;
    // One with no neighbours but copies has no distance.
    const known = rows.filter((row) => nearest[row]!.length > 0);
    const theirs = known.length === 0 ? usual : known.reduce((sum, row) => sum + distances[row]!, 0) / known.length;
    ranked.push({ image, score: ratio(distances[image]!, Math.max(theirs, LEAST_SHARE * usual)) });
  }
  ranked.sort((a, b) => b.score - a.score || a.image - b.image);
  return { ranked, unusual: aboveFence(ranked.map(({ score }) => score)) };
}

/** Where the nearest that are no copies of the image stand in the lists. */
function placesOf({ count, rows }: NearestNeighbours, image: number, copies: Int32Array | undefined): Int32Array {
  const set = copies?.[image] ?? -1;
  const places: number[] = [];
  for (let at = image * count; at < (image + 1) * count && places.length < OUTLIER_NEIGHBOURS; at++) {
    if (rows[at]! < 0) break;
    if (set < 0 || copies![rows[at]!] !== set) places.push(at);
  }
  return Int32Array.from(places);
}

function meanDistance({ similarities }: NearestNeighbours, places: Int32Array): number {
  let sum = 0;
  for (const place of places) sum += 1 - similarities[place]!;
  // Rounding may take the similarity of equal features above 1.
  return places.length === 0 ? 0 : Math.max(0, sum / places.length);
}

/** Where all images are equal, none is unusual. */
const ratio = (own: number, theirs: number): number => (theirs > 0 ? own / theirs : 1);

/** @param scores in falling order */
function aboveFence(scores: readonly number[]): number {
  const quantile = (q: number) => scores[Math.floor((1 - q) * (scores.length - 1))] ?? 0;
  const fence = quantile(0.75) + 1.5 * (quantile(0.75) - quantile(0.25));
  return scores.filter((score) => score > fence).length;
}
