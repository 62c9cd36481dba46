import { fail } from "../core/index.ts";

/** A copy of `features` [n, dim] with rows of length 1; a row of zeros stays. Throws `data` on a value that is not finite. */
export function normalizeRows(features: Float32Array, dim: number): Float32Array {
  const out = new Float32Array(features.length);
  for (let begin = 0; begin < features.length; begin += dim) {
    let sum = 0;
    for (let i = begin; i < begin + dim; i++) sum += features[i]! * features[i]!;
    if (!Number.isFinite(sum)) {
      fail("data", {
        where: `features of image ${begin / dim}`,
        expected: "finite numbers",
        found: "NaN or infinity",
        fix: "train with a lower learning rate",
      });
    }
    const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    for (let i = begin; i < begin + dim; i++) out[i] = features[i]! * scale;
  }
  return out;
}
