import { breathing } from "../core/breath.ts";
import { fail } from "../core/index.ts";

/**
 * What each row of `features` [n, dim] is multiplied by to get length 1; 0 for a row of zeros.
 * @throws MaskconError "data" where a value is not finite
 */
export function rowScales(features: Float32Array, dim: number): Float64Array {
  return Float64Array.from({ length: features.length / dim }, (_, row) => scaleOf(features, dim, row));
}

function scaleOf(features: Float32Array, dim: number, row: number): number {
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
}

/**
 * A copy of `features` [n, dim] with rows of length 1; a row of zeros stays.
 * @throws MaskconError "data" where a value is not finite
 */
export function normalizeRows(features: Float32Array, dim: number): Float32Array {
  const out = new Float32Array(features.length);
  for (let row = 0; row < features.length / dim; row++) normalizeRow(features, dim, row, out);
  return out;
}

/** `normalizeRows` of so many rows that the rest of the program should not wait for all of them. */
export async function normalizeManyRows(features: Float32Array, dim: number): Promise<Float32Array> {
  const out = new Float32Array(features.length);
  const breath = breathing();
  for (let row = 0; row < features.length / dim; row++) {
    normalizeRow(features, dim, row, out);
    await breath();
  }
  return out;
}

function normalizeRow(features: Float32Array, dim: number, row: number, out: Float32Array): void {
  const scale = scaleOf(features, dim, row);
  for (let i = row * dim; i < (row + 1) * dim; i++) out[i] = features[i]! * scale;
}
