import { MAX_PAGE } from "./decompress.ts";
import { decodeHybrid } from "./hybrid.ts";
import { deltaBinaryUnpack, type Encoding, type ParquetType, readPlain, readVarInt } from "./hyparquet.ts";
import { worded } from "./reason.ts";

/** A value as it is stored; byte arrays are parts of their page. */
export type ParquetValue = number | bigint | boolean | Uint8Array;
export type ParquetValues = ArrayLike<ParquetValue>;

/** Bytes the smallest value takes: a count that passes is no promise of more memory than the page has. */
const leastBytes: Partial<Record<ParquetType, number>> = { INT32: 4, INT64: 8, FLOAT: 4, BYTE_ARRAY: 4 };

/** What encodings that are for certain types are for. */
const typesOf: Partial<Record<Encoding, readonly ParquetType[]>> = {
  DELTA_BINARY_PACKED: ["INT32", "INT64"],
  DELTA_LENGTH_BYTE_ARRAY: ["BYTE_ARRAY"],
  DELTA_BYTE_ARRAY: ["BYTE_ARRAY"],
};

export interface EncodedColumn {
  readonly bytes: Uint8Array;
  readonly encoding: Encoding;
  readonly type: ParquetType;
  readonly count: number;
}

/**
 * Decodes `count` values of a page, which lie in `bytes` to their end.
 * Throws a plain Error where they do not fit, or are of a kind that is not read.
 */
export function decodeValues(
  { bytes, encoding, type, count }: EncodedColumn,
  dictionary: ParquetValues | undefined,
): ParquetValues {
  if (count === 0) return [];
  if (typesOf[encoding]?.includes(type) === false) throw new Error(`values of ${type} in the encoding ${encoding}`);
  switch (encoding) {
    case "PLAIN":
      return plain(bytes, type, count);
    case "PLAIN_DICTIONARY":
    case "RLE_DICTIONARY":
      return fromDictionary(bytes, count, dictionary);
    case "DELTA_BINARY_PACKED":
      return delta(readerOf(bytes), count, type === "INT64" ? new BigInt64Array(count) : new Int32Array(count));
    case "DELTA_LENGTH_BYTE_ARRAY":
      return deltaLengths(readerOf(bytes), count);
    case "DELTA_BYTE_ARRAY":
      return deltaStrings(readerOf(bytes), count);
    default:
      throw new Error(`an encoding that is not read: ${worded(encoding)}`);
  }
}

export function plain(bytes: Uint8Array, type: ParquetType, count: number): ParquetValues {
  const least = leastBytes[type];
  if (least === undefined) throw new Error(`values of ${type}, which are not read`);
  if (count * least > bytes.length) throw new Error(`${count} values in ${bytes.length} bytes`);
  return readPlain(readerOf(bytes), type, count, undefined) as ParquetValues;
}

interface Reader {
  readonly view: DataView;
  offset: number;
}

const readerOf = (bytes: Uint8Array): Reader => ({
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  offset: 0,
});

function fromDictionary(bytes: Uint8Array, count: number, dictionary: ParquetValues | undefined): ParquetValues {
  if (!dictionary) throw new Error("values of a dictionary that is not there");
  const places = decodeHybrid(bytes.subarray(1), bytes[0] ?? 0, count);
  return Array.from(places, (place) => {
    const value = dictionary[place];
    if (value === undefined) throw new Error(`entry ${place} of a dictionary of ${dictionary.length}`);
    return value;
  });
}

function delta<T extends Int32Array | BigInt64Array>(reader: Reader, count: number, out: T): T {
  const start = reader.offset;
  const block = readVarInt(reader);
  const parts = readVarInt(reader);
  // As the format demands; others would make the decoder stand still or go backwards.
  if (block <= 0 || block > 2 ** 20 || parts <= 0 || parts > 2 ** 10 || block % (parts * 8) !== 0) {
    throw new Error(`blocks of ${block} values in ${parts} parts`);
  }
  reader.offset = start;
  deltaBinaryUnpack(reader, count, out);
  return out;
}

const lengthsOf = (reader: Reader, count: number) => delta(reader, count, new Int32Array(count));

/** Lengths, then all bytes. */
function deltaLengths(reader: Reader, count: number): Uint8Array[] {
  return Array.from(lengthsOf(reader, count), (length) => take(reader, length));
}

/** How many bytes each shares with the one before, then the rest of each as above. */
function deltaStrings(reader: Reader, count: number): Uint8Array[] {
  const shared = lengthsOf(reader, count);
  const rests = deltaLengths(reader, count);
  let before = new Uint8Array(0);
  let total = 0;
  return rests.map((rest, i) => {
    const prefix = shared[i]!;
    total += prefix + rest.length;
    if (prefix < 0 || prefix > before.length || total > MAX_PAGE)
      throw new Error(`${prefix} bytes of the value before`);
    const value = new Uint8Array(prefix + rest.length);
    value.set(before.subarray(0, prefix));
    value.set(rest, prefix);
    before = value;
    return value;
  });
}

function take(reader: Reader, length: number): Uint8Array {
  const { view, offset } = reader;
  if (length < 0 || length > view.byteLength - offset) throw new Error(`a value of ${length} bytes beyond its page`);
  reader.offset += length;
  return new Uint8Array(view.buffer, view.byteOffset + offset, length);
}
