import { hash } from "./random.ts";

/** At most `most` of the numbers below n, rising, at even distances. For a list whose order has no period. */
export function evenlySpaced(n: number, most: number): number[] {
  const count = Math.min(n, most);
  return Array.from({ length: count }, (_, i) => Math.floor((i * n) / count));
}

/**
 * At most `most` of the numbers below n, rising: one of each of so many equal stretches, at a place that a hash gives. Where
 * classes alternate, even distances could meet one class alone.
 */
export function onePerStretch(n: number, most: number): number[] {
  const count = Math.min(n, most);
  return Array.from({ length: count }, (_, i) => {
    const [start, end] = [Math.floor((i * n) / count), Math.floor(((i + 1) * n) / count)];
    return start + Math.floor(((end - start) * hash(n, i)) / 2 ** 32);
  });
}
