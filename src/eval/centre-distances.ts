import { gatherer, LEAST_SIDE, type Rows } from "./rows.ts";
import type { Similarity } from "./similarity.ts";

/** Points of length 1 (0 for rows of zeros), to be clustered. */
export interface Points extends Rows {
  readonly similarity: Similarity;
  /** Rows of `features`, ascending. */
  readonly members: Int32Array;
  /** Called between two products; throws to abort. */
  readonly between?: () => void;
}

const HEIGHT = 2048;
const WIDTH = 512;

/**
 * Visits each point with its nearest centre (`centres` [k, dim]; the lower one of equals) and the squared distance to it.
 * Squared distances below `SAME_POINT` are rounding and become 0.
 */
export async function forEachNearestCentre(
  points: Points,
  centres: Float32Array,
  visit: (point: number, centre: number, squared: number, row: Float32Array) => void,
): Promise<void> {
  const { dim, members, similarity } = points;
  const k = centres.length / dim;
  const padded = new Float32Array((k + LEAST_SIDE) * dim);
  padded.set(centres);
  const halfNorms = halfSquaredNorms(centres, dim);
  const gather = gatherer(points);
  const best = new Int32Array(HEIGHT);
  const scores = new Float64Array(HEIGHT);
  for (let start = 0; start < members.length; start += HEIGHT) {
    const rows = Math.min(HEIGHT, members.length - start);
    const gathered = gather(start, rows, Math.min(WIDTH, Math.max(k, LEAST_SIDE)));
    scores.fill(Number.NEGATIVE_INFINITY);
    for (let first = 0; first < k; first += WIDTH) {
      const columns = Math.min(WIDTH, k - first);
      const stride = Math.max(columns, LEAST_SIDE);
      const products = await similarity.product(gathered, padded.subarray(first * dim, (first + stride) * dim));
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) {
          const score = products[r * stride + c]! - halfNorms[first + c]!;
          if (score > scores[r]!) {
            scores[r] = score;
            best[r] = first + c;
          }
        }
      }
      points.between?.();
    }
    for (let r = 0; r < rows; r++) {
      const length = points.scales[members[start + r]!]! > 0 ? 1 : 0;
      const squared = length - 2 * scores[r]!;
      visit(start + r, best[r]!, squared < SAME_POINT ? 0 : squared, gathered.subarray(r * dim, (r + 1) * dim));
    }
  }
}

/** Below this two points are one: float32 products of rows of length 1 are off by some 1e-7. */
export const SAME_POINT = 1e-6;

function halfSquaredNorms(centres: Float32Array, dim: number): Float64Array {
  return Float64Array.from({ length: centres.length / dim }, (_, centre) => {
    let sum = 0;
    for (let i = centre * dim; i < (centre + 1) * dim; i++) sum += centres[i]! * centres[i]!;
    return sum / 2;
  });
}
