/**
 * Which input positions, with what weight, make each output position of a resize along one axis.
 * Pillow 9.4's `precompute_coeffs` and `normalize_coeffs_8bpc` for the bilinear (triangle) filter:
 * the filter widens with the reduction (antialiasing), weights are integers with `PRECISION` bits after the point.
 */
export interface Taps {
  /** Weights per output position; unused ones are 0. */
  readonly width: number;
  /** [out], first input position. */
  readonly starts: Int32Array;
  /** [out], how many weights are used. */
  readonly counts: Int32Array;
  /** [out, width]. */
  readonly weights: Int32Array;
}

export const PRECISION = 22;
export const HALF = 1 << (PRECISION - 1);

const cache = new Map<number, Taps>();
/** Sizes of crops repeat, so tables are kept; the bound only matters for folders of many large sizes. */
const CACHED = 1024;

export function tapsOf(inSize: number, outSize: number): Taps {
  const key = inSize * 65536 + outSize;
  const known = cache.get(key);
  if (known) return known;
  if (cache.size >= CACHED) cache.clear();
  const taps = computeTaps(inSize, outSize);
  cache.set(key, taps);
  return taps;
}

function computeTaps(inSize: number, outSize: number): Taps {
  const scale = inSize / outSize;
  const support = Math.max(scale, 1);
  const width = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(outSize);
  const counts = new Int32Array(outSize);
  const weights = new Int32Array(outSize * width);
  const row = new Float64Array(width);
  for (let out = 0; out < outSize; out++) {
    const center = (out + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(inSize, Math.trunc(center + support + 0.5)) - start;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const distance = Math.abs((i + start - center + 0.5) / support);
      row[i] = distance < 1 ? 1 - distance : 0;
      sum += row[i]!;
    }
    for (let i = 0; i < count; i++) {
      weights[out * width + i] = Math.trunc(0.5 + (row[i]! / sum) * (1 << PRECISION));
    }
    starts[out] = start;
    counts[out] = count;
  }
  return { width, starts, counts, weights };
}
