/** Codes have at most 12 bits. */
const MAX_CODES = 4096;

/**
 * How many pixels the compressed data (LZW) of a GIF's frame give, up to `wanted`: libvips leaves black what is missing.
 * @param at where the data begin, with the byte of the smallest code size
 */
export function countGifPixels(bytes: Uint8Array, at: number, wanted: number): number {
  const smallest = bytes[at] ?? 0;
  const clear = 1 << smallest;
  /** Pixels that each code stands for. */
  const lengths = new Uint32Array(MAX_CODES).fill(1, 0, clear);
  let [width, next, previous, pixels] = [smallest + 1, clear + 2, 0, 0];
  const read = codeReader(bytes, at + 1);
  while (pixels < wanted) {
    const code = read(width);
    if (code === undefined || code === clear + 1) return pixels;
    if (code === clear) {
      [width, next, previous] = [smallest + 1, clear + 2, 0];
      continue;
    }
    if (code > next || (code === next && previous === 0)) return pixels;
    if (previous > 0 && next < MAX_CODES) lengths[next++] = previous + 1;
    previous = lengths[code]!;
    pixels += previous;
    if (next === 1 << width && width < 12) width++;
  }
  return wanted;
}

/** Reads codes, the lowest bit first, from a chain of sub-blocks, each after its length; undefined at its end. */
function codeReader(bytes: Uint8Array, start: number): (width: number) => number | undefined {
  let [at, left, held, bits] = [start, 0, 0, 0];
  return (width) => {
    while (bits < width) {
      if (left === 0) {
        left = bytes[at++] ?? 0;
        if (left === 0) return undefined;
      }
      held |= (bytes[at++] ?? 0) << bits;
      bits += 8;
      left--;
    }
    const code = held & ((1 << width) - 1);
    held >>>= width;
    bits -= width;
    return code;
  };
}
