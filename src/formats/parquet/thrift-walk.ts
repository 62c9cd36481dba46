/** Thrown where the bytes end before the struct does: a longer window may hold the rest. */
export class OutOfBytes extends Error {}

/** Deeper than any struct of the format. */
const MAX_DEPTH = 16;
/** 64 bits, seven a byte. */
const MAX_VARINT = 10;

interface Walk {
  readonly bytes: Uint8Array;
  at: number;
}

/**
 * Walks over a struct of Thrift's compact protocol without keeping anything of it, and returns where it ends. What passes is
 * safe for a reader that believes lengths: they lie within the bytes, numbers end, lists hold as many elements as they say.
 * Throws a plain Error with the reason; its `at` is the byte.
 */
export function walkThrift(bytes: Uint8Array, from: number): number {
  const walk = { bytes, at: from };
  struct(walk, 0);
  return walk.at;
}

function struct(walk: Walk, depth: number): void {
  if (depth > MAX_DEPTH) throw new Error("structs nested too deep");
  for (;;) {
    const head = byte(walk);
    const type = head & 0x0f;
    if (type === 0) return;
    if (head >> 4 === 0) varint(walk);
    // Booleans are their own type: no bytes follow.
    if (type > 2) element(walk, type, depth);
  }
}

function element(walk: Walk, type: number, depth: number): void {
  if (type <= 3) skip(walk, 1);
  else if (type <= 6) varint(walk);
  else if (type === 7) skip(walk, 8);
  else if (type === 8) skip(walk, length(walk));
  else if (type === 9) list(walk, depth);
  else if (type === 12) struct(walk, depth + 1);
  else throw new Error(`an unknown type ${type}`);
}

function list(walk: Walk, depth: number): void {
  const head = byte(walk);
  const count = head >> 4 === 15 ? length(walk) : head >> 4;
  // Every element takes a byte at least, so a count that passes is no promise of more memory than the file has.
  if (count > walk.bytes.length - walk.at) throw new OutOfBytes(`a list of ${count} elements`);
  for (let i = 0; i < count; i++) element(walk, head & 0x0f, depth);
}

function byte(walk: Walk): number {
  const value = walk.bytes[walk.at];
  if (value === undefined) throw new OutOfBytes("a struct without an end");
  walk.at++;
  return value;
}

function skip(walk: Walk, count: number): void {
  if (count > walk.bytes.length - walk.at) throw new OutOfBytes(`a field of ${count} bytes`);
  walk.at += count;
}

function varint(walk: Walk): void {
  for (let i = 0; i < MAX_VARINT; i++) if (byte(walk) < 0x80) return;
  throw new Error("a number without an end");
}

/** A length of at most 31 bits. */
function length(walk: Walk): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const next = byte(walk);
    value += (next & 0x7f) * 2 ** shift;
    if (next < 0x80) {
      if (value >= 2 ** 31) break;
      return value;
    }
  }
  throw new Error("an absurd length");
}
