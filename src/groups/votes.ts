import { gatherRows } from "../core/index.ts";
import { createSimilarity } from "../eval/index.ts";
import { THREADS } from "./neighbour-graph.ts";

export interface Votes {
  /** [n]: the nearest row of the sample, a row of the sample itself being its own. */
  readonly nearest: Int32Array;
  /** [n, groups]: share of the nearest rows of the sample, the row itself left out, that lie in each group. */
  readonly shares: Float32Array;
}

const HEIGHT = 512;
const MOST_VOTERS = 15;
const LEAST_VOTERS = 5;
/** One voter for so many images of the sample. */
const IMAGES_A_VOTER = 20;

/**
 * Each row asks its nearest rows of a sample by cosine; the lower position first among equals.
 * @param rows [n, dim] of length 1
 * @param sample positions of the sample in `rows`
 * @param groupOf [sample]
 */
export async function countVotes(
  rows: Float32Array,
  dim: number,
  sample: Int32Array,
  groupOf: Int32Array,
  groups: number,
): Promise<Votes> {
  const n = rows.length / dim;
  const voters = Math.min(
    sample.length - 1,
    MOST_VOTERS,
    Math.max(LEAST_VOTERS, Math.floor(sample.length / IMAGES_A_VOTER)),
  );
  const placeIn = new Int32Array(n).fill(-1);
  sample.forEach((row, place) => {
    placeIn[row] = place;
  });
  const gallery = gatherRows(rows, dim, sample);
  const nearest = placeIn.slice();
  const shares = new Float32Array(n * groups);
  const similarity = await createSimilarity(dim, THREADS);
  try {
    const queries = new Float32Array(HEIGHT * dim);
    for (let start = 0; start < n; start += HEIGHT) {
      const height = Math.min(HEIGHT, n - start);
      queries.fill(0).set(rows.subarray(start * dim, (start + height) * dim));
      const values = await similarity.product(queries, gallery);
      for (let i = 0; i < height; i++) {
        const row = start + i;
        const own = values.subarray(i * sample.length, (i + 1) * sample.length);
        const found = highest(own, voters, placeIn[row]!);
        if (nearest[row] === -1) nearest[row] = found[0]!;
        for (const place of found) shares[row * groups + groupOf[place]!]! += 1 / voters;
      }
    }
  } finally {
    await similarity.close();
  }
  return { nearest, shares };
}

/** Places of the `count` highest values but that of one place, highest first. */
function highest(values: Float32Array, count: number, except: number): number[] {
  const best: number[] = [];
  values.forEach((value, place) => {
    if (place === except || (best.length === count && value <= values[best[count - 1]!]!)) return;
    if (best.length === count) best.pop();
    let at = best.length;
    while (at > 0 && values[best[at - 1]!]! < value) at--;
    best.splice(at, 0, place);
  });
  return best;
}
