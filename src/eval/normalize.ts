import { fail } from "../core/index.ts";

/**
 * What each row of `features` [n, dim] is multiplied by to get length 1; 0 for a row of zeros.
 * @throws MaskconError "data" where a value is not finite
 */
export function rowScales(features: Float32Array, dim: number): Float64Array {
  return Float64Array.from({ length: features.length / dim }, (_, row) => {
    let sum = 0;
    for (let i = row * dim; i < (row + 1) * dim; i++) sum += features[i]! * features[i]!;
    if (!Number.isFinite(sum)) {
      fail("data", {
        where: `features of image ${row}`,
        expected: "finite numbers",
        found: "NaN or infinity",
        fix: "train with a lower learning rate",
      });
    }
    return sum > 0 ? 1 / Math.sqrt(sum) : 0;
  });
}

/**
 * A copy of `features` [n, dim] with rows of length 1; a row of zeros stays.
 * @throws MaskconError "data" where a value is not finite
 */
export function normalizeRows(features: Float32Array, dim: number): Float32Array {
  const out = new Float32Array(features.length);
  rowScales(features, dim).forEach((scale, row) => {
    for (let i = row * dim; i < (row + 1) * dim; i++) out[i] = features[i]! * scale;
  });
  return out;
}
