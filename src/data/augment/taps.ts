/**
 * Which input positions, with what weight, make each output position of a resize along one axis.
 * Pillow 9.4's `precompute_coeffs` and `normalize_coeffs_8bpc` for the bilinear (triangle) filter:
 * the filter widens with the reduction (antialiasing), weights are integers with `PRECISION` bits after the point.
 */
export interface Taps {
  /** Weights per output position, in twos; unused ones are 0. */
  readonly pairs: number;
  /** [out], first input position. */
  readonly starts: Int32Array;
  /** [out, pairs, 2]: the low 11 bits of two weights as the halves of a word, then their high bits. */
  readonly weights: Int32Array;
}

const PRECISION = 22;
const LOW_BITS = 11;

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
  const starts = new Int32Array(outSize);
  const counts = new Int32Array(outSize);
  for (let out = 0; out < outSize; out++) {
    const center = (out + 0.5) * scale;
    starts[out] = Math.max(0, Math.trunc(center - support + 0.5));
    counts[out] = Math.min(inSize, Math.trunc(center + support + 0.5)) - starts[out]!;
  }
  const pairs = Math.ceil(Math.max(...counts) / 2);
  const weights = new Int32Array(outSize * pairs * 2);
  const row = new Float64Array(pairs * 2);
  for (let out = 0; out < outSize; out++) {
    const sum = fillTriangle(row, counts[out]!, starts[out]! - (out + 0.5) * scale + 0.5, support);
    for (let i = 0; i < counts[out]!; i++) {
      const weight = Math.trunc(0.5 + (row[i]! / sum) * (1 << PRECISION));
      putWeight(weights, out * pairs * 2 + (i & ~1), (i & 1) * 16, weight);
    }
  }
  return { pairs, starts, weights };
}

/** Writes the filter at `count` places from `first` (relative to its centre); returns their sum. */
function fillTriangle(row: Float64Array, count: number, first: number, support: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const distance = Math.abs((i + first) / support);
    row[i] = distance < 1 ? 1 - distance : 0;
    sum += row[i]!;
  }
  return sum;
}

function putWeight(weights: Int32Array, at: number, shift: number, weight: number): void {
  weights[at]! |= (weight & ((1 << LOW_BITS) - 1)) << shift;
  weights[at + 1]! |= (weight >> LOW_BITS) << shift;
}
