import { gatherer, leastSide, type Rows } from "./rows.ts";
import type { Similarity } from "./similarity.ts";

/** Points of length 1 (0 for rows of zeros), to be clustered. */
export interface Points extends Rows {
  readonly similarity: Similarity;
  /** Rows of `features`, ascending. */
  readonly members: Int32Array;
  /** Called between two products; throws to abort. */
  readonly between?: () => void;
}

const height = 2048;
const width = 512;

/**
 * Visits each point with its nearest centre (`centres` [k, dim]; the lower one of equals) and the squared distance to it.
 * Squared distances below `same` are rounding and become 0.
 */
export async function forEachNearestCentre(
  points: Points,
  centres: Float32Array,
  visit: (point: number, centre: number, squared: number, row: Float32Array) => void,
): Promise<void> {
  const { dim, members, similarity } = points;
  const k = centres.length / dim;
  const padded = new Float32Array((k + leastSide) * dim);
  padded.set(centres);
  const halfNorms = halfSquaredNorms(centres, dim);
  const gather = gatherer(points);
  const best = new Int32Array(height);
  const scores = new Float64Array(height);
  for (let start = 0; start < members.length; start += height) {
    const rows = Math.min(height, members.length - start);
    const gathered = gather(start, rows, Math.min(width, Math.max(k, leastSide)));
    scores.fill(Number.NEGATIVE_INFINITY);
    for (let first = 0; first < k; first += width) {
      const columns = Math.min(width, k - first);
      const stride = Math.max(columns, leastSide);
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
      visit(start + r, best[r]!, squared < same ? 0 : squared, gathered.subarray(r * dim, (r + 1) * dim));
    }
  }
}

/** Below this two points are one: float32 products of rows of length 1 are off by some 1e-7. */
export const same = 1e-6;

function halfSquaredNorms(centres: Float32Array, dim: number): Float64Array {
  return Float64Array.from({ length: centres.length / dim }, (_, centre) => {
    let sum = 0;
    for (let i = centre * dim; i < (centre + 1) * dim; i++) sum += centres[i]! * centres[i]!;
    return sum / 2;
  });
}
