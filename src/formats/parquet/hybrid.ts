/**
 * Decodes Parquet's hybrid of run lengths and packed bits: `count` numbers of `width` bits each (at most 32).
 * Throws a plain Error where the bytes end before. Never writes more than `count` numbers, whatever the runs claim.
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/ (RLE = 3)
 */
export function decodeHybrid(bytes: Uint8Array, width: number, count: number): Int32Array {
  if (width > 32) throw new Error(`numbers of ${width} bits`);
  const out = new Int32Array(count);
  const valueBytes = (width + 7) >> 3;
  let at = 0;
  for (let filled = 0; filled < count; ) {
    let head = 0;
    for (let shift = 0; ; shift += 7) {
      const next = bytes[at++];
      if (next === undefined || shift > 28) throw new Error("runs that end early");
      head += (next & 0x7f) * 2 ** shift;
      if (next < 0x80) break;
    }
    const length = Math.floor(head / 2);
    if (head % 2 === 1) {
      const wanted = Math.min(8 * length, count - filled);
      unpack(bytes, at, width, out, filled, wanted);
      at += length * width;
      filled += wanted;
    } else {
      if (at + valueBytes > bytes.length) throw new Error("runs that end early");
      let value = 0;
      for (let i = 0; i < valueBytes; i++) value |= bytes[at++]! << (8 * i);
      const end = Math.min(filled + length, count);
      out.fill(value, filled, end);
      filled = end;
    }
  }
  return out;
}

/** `count` numbers from bit 0 of byte `at` on, least significant bits first. */
function unpack(bytes: Uint8Array, at: number, width: number, out: Int32Array, to: number, count: number): void {
  if (at + Math.ceil((count * width) / 8) > bytes.length) throw new Error("packed numbers that end early");
  let bit = 8 * at;
  for (let i = 0; i < count; i++) {
    let value = 0;
    for (let done = 0; done < width; ) {
      const within = bit & 7;
      const taken = Math.min(8 - within, width - done);
      value |= ((bytes[bit >> 3]! >> within) & ((1 << taken) - 1)) << done;
      done += taken;
      bit += taken;
    }
    out[to + i] = value;
  }
}
