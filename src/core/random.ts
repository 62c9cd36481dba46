/** A deterministic random stream: 32-bit counter hashing, the same on every machine and in every worker. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of it. */
  uniform(): number;
  /** Uniform integer in [0, n). */
  integer(n: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
}

/** Mixes any number of integers into 32 well-spread bits (murmur3 finaliser, one round a part). */
export function hash(...parts: readonly number[]): number {
  let h = 0x9e3779b9;
  for (const part of parts) {
    h = Math.imul(h ^ (part | 0), 0x85ebca6b);
    h = mix((h ^ Math.floor(part / 2 ** 32)) + 0x6d2b79f5);
  }
  return h;
}

function mix(x: number): number {
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** A stream that depends on nothing but its key, for example `random(seed, epoch, sample, view)`. */
export function random(...key: readonly number[]): Random {
  const seed = hash(...key);
  let counter = 0;
  const next = () => mix(Math.imul(counter++, 0x9e3779b1) + seed);
  const uniform = () => next() / 2 ** 32;
  return {
    uniform,
    integer: (n) => Math.floor(uniform() * n),
    normal: () => Math.sqrt(-2 * Math.log((next() + 1) / (2 ** 32 + 1))) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** A permutation of 0 .. n-1 (Fisher-Yates). */
export function permutation(n: number, rng: Random): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = rng.integer(i + 1);
    const t = order[i]!;
    order[i] = order[j]!;
    order[j] = t;
  }
  return order;
}
