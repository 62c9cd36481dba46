/** Of Hadoop's frames: how long a block is decoded, and as it lies there. */
const FRAME_HEADER = 8;
/** The shortest match, which the format does not count. */
const MIN_MATCH = 4;

/**
 * The codec LZ4: Hadoop's frames (two big-endian lengths and a block, again and again), or one block without a frame, as writers
 * disagreed. Throws a plain Error where it does not make `length` bytes.
 * @see https://github.com/apache/parquet-format/blob/master/Compression.md
 */
export function decodeLz4(input: Uint8Array, length: number): Uint8Array {
  const lengths = new DataView(input.buffer, input.byteOffset, input.byteLength);
  if (!isFramed(lengths, length)) return decodeLz4Raw(input, length);
  const output = new Uint8Array(length);
  for (let at = 0, end = 0; at < input.length; ) {
    const block = at + FRAME_HEADER;
    const next = end + lengths.getUint32(at);
    at = block + lengths.getUint32(at + 4);
    decodeBlock(input.subarray(block, at), output.subarray(end, next));
    end = next;
  }
  return output;
}

/** The codec LZ4_RAW: one block. Throws a plain Error where it does not make `length` bytes. */
export function decodeLz4Raw(input: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  decodeBlock(input, output);
  return output;
}

/** Whether frames fill the input to its end, and together make what is wanted: no block without a frame reads like that. */
function isFramed(lengths: DataView, wanted: number): boolean {
  let at = 0;
  let made = 0;
  while (at + FRAME_HEADER <= lengths.byteLength) {
    made += lengths.getUint32(at);
    at += FRAME_HEADER + lengths.getUint32(at + 4);
  }
  return at === lengths.byteLength && made === wanted;
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

/**
 * Fills `output` from one block: every byte of either is visited once, whatever the block says. Throws a plain Error.
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 */
function decodeBlock(bytes: Uint8Array, output: Uint8Array): void {
  const reader: Reader = { bytes, at: 0 };
  let end = 0;
  while (reader.at < bytes.length) {
    const token = byte(reader);
    const literals = runLength(reader, token >> 4);
    copy(bytes, reader.at, output, end, literals);
    reader.at += literals;
    end += literals;
    // The last sequence has literals alone.
    if (reader.at === bytes.length) break;
    const offset = byte(reader) + 256 * byte(reader);
    if (offset === 0 || offset > end) throw new Error(`a match ${offset} bytes back, of ${end}`);
    const match = runLength(reader, token & 15) + MIN_MATCH;
    copy(output, end - offset, output, end, match);
    end += match;
  }
  if (end !== output.length) throw new Error(`a block of ${end} bytes in place of ${output.length}`);
}

function byte(reader: Reader): number {
  const value = reader.bytes[reader.at];
  if (value === undefined) throw new Error("a block that ends early");
  reader.at++;
  return value;
}

/** A full nibble goes on in bytes, up to one that is not full. */
function runLength(reader: Reader, nibble: number): number {
  let length = nibble;
  for (let goesOn = nibble === 15; goesOn; ) {
    const more = byte(reader);
    length += more;
    goesOn = more === 255;
  }
  return length;
}

/** One byte after the other: a match may reach into what it makes. */
function copy(from: Uint8Array, start: number, to: Uint8Array, end: number, length: number): void {
  if (length > from.length - start || length > to.length - end)
    throw new Error(`a run of ${length} bytes beyond its block`);
  for (let i = 0; i < length; i++) to[end + i] = from[start + i]!;
}
