import { type Shape, sizeOf } from "../../src/core/index.ts";

/** The exact input generator of the golden files (see README.md here): a 32-bit hash of the flat index. */
export function hashedUniform(name: string, shape: Shape, bound: number, caseSeed: number): Float32Array {
  const seed = (crc32(name) + caseSeed) >>> 0;
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = (2 * (hashed(i, seed) / 2 ** 32) - 1) * bound;
  return values;
}

export function hashedIntegers(name: string, n: number, modulus: number, caseSeed: number): Int32Array {
  const seed = (crc32(name) + caseSeed) >>> 0;
  return Int32Array.from({ length: n }, (_, i) => hashed(i, seed) % modulus);
}

function hashed(i: number, seed: number): number {
  let x = (Math.imul(i, 2654435761) + seed) >>> 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
