import { fail } from "../../../core/index.ts";

const OPEN = 0x5b;
const CLOSE = 0x5d;
const COMMA = 0x2c;
const ZERO = 0x30;

/**
 * Reads `{"data": [[0, 1, ...], ...]}` straight into bytes: ten times as fast as JSON.parse and an array per image.
 * Empty entries (class 0 of the package has two) are passed over.
 * @param images [count, size] bytes, filled in the order of the file
 * @returns [count], the place in the file of each image
 * @throws MaskconError "data" where a byte is out of place
 */
export function parseImages(text: Uint8Array, images: Uint8Array, size: number, file: string): Int32Array {
  const count = images.length / size;
  const places = new Int32Array(count);
  let at = text.indexOf(OPEN) + 1;
  let filled = 0;
  for (let place = 0; ; place++) {
    const from = text.indexOf(OPEN, at);
    if (from < 0) break;
    const to = text.indexOf(CLOSE, from);
    at = to + 1;
    if (to === from + 1) continue;
    if (to < 0 || filled === count) wrong(file, from, `at least ${filled + 1}`, count);
    if (parseRow(text, from + 1, to, images, filled * size, size) !== size) {
      wrong(file, from, `entry ${place}, which is not one`, count);
    }
    places[filled++] = place;
  }
  if (filled !== count) wrong(file, at, String(filled), count);
  return places;
}

/** Values between commas; returns how many there were, or -1 for anything that is not a byte. */
function parseRow(text: Uint8Array, from: number, to: number, out: Uint8Array, at: number, size: number): number {
  let value = 0;
  let count = 0;
  for (let i = from; i <= to; i++) {
    const c = text[i]!;
    if (c === COMMA || c === CLOSE) {
      if (value > 255 || count === size) return -1;
      out[at + count++] = value;
      value = 0;
    } else if (c >= ZERO && c <= ZERO + 9 && value <= 255) {
      value = value * 10 + c - ZERO;
    } else {
      return -1;
    }
  }
  return count;
}

function wrong(file: string, at: number, found: string, count: number): never {
  fail("data", {
    where: `${file}, byte ${at}`,
    expected: `${count} images of 28 x 28 values from 0 to 255`,
    found,
    fix: "install fashion-mnist 1.1.0",
  });
}
