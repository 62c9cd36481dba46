import { fail } from "../../core/index.ts";
import type { ByteRanges } from "../byte-ranges.ts";

/** Where bytes lie in a file. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** A field of a message: a number, or where its bytes lie. */
export interface Field {
  readonly number: number;
  /** Where the field begins, its number included. */
  readonly offset: number;
  /** Where the next one begins. */
  readonly end: number;
  /** 64 bits of a varint as a signed number; the bits of a 32- or 64-bit number. */
  readonly value?: bigint;
  readonly bits?: 32 | 64;
  readonly extent?: Extent;
}

const WINDOW = 2 ** 18;
/** Fields, and numbers in lists, of a file in all; each takes about a hundred bytes of memory. */
const MAX_PARTS = 4_000_000;
/** A longer name or text is none. */
const MAX_TEXT = 2 ** 20;
/** Bytes of all texts that are read. */
const MAX_TEXTS = 2 ** 27;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Bytes of a field that is read whole. */
const MAX_BYTES = 2 ** 26;

/**
 * A protobuf file read here and there, so that weights of gigabytes stay on disk.
 * @throws MaskconError "weights" where bytes are no protobuf, with their place, in all its functions
 */
export class ProtobufFile {
  readonly #ranges: ByteRanges;
  #window: Uint8Array = new Uint8Array(0);
  #start = 0;
  #parts = 0;
  #text = 0;

  constructor(ranges: ByteRanges) {
    this.#ranges = ranges;
  }

  get whole(): Extent {
    return { offset: 0, length: this.#ranges.size };
  }

  /** The fields of a message in their order; what they hold is not read. */
  async fields({ offset, length }: Extent): Promise<Field[]> {
    const fields: Field[] = [];
    const end = offset + length;
    for (let at = offset; at < end; ) {
      this.count(1, at);
      // A key and a number take twenty bytes at most.
      await this.#show(at, Math.min(20, end - at));
      const field = this.#field(at, end);
      fields.push(field);
      at = field.end;
    }
    return fields;
  }

  /** The bytes of a field, at most 64 MiB. */
  async bytes(field: Field): Promise<Uint8Array> {
    const { offset, length } = this.extent(field);
    if (length > MAX_BYTES) this.refuse(offset, `at most ${MAX_BYTES} bytes`, `${length}`);
    if (length > WINDOW) return this.#ranges.read(offset, length);
    await this.#show(offset, length);
    return this.#window.slice(offset - this.#start, offset - this.#start + length);
  }

  /** The text of a field, at most 1 MiB. */
  async text(field: Field): Promise<string> {
    const { offset, length } = this.extent(field);
    if (length > MAX_TEXT) this.refuse(offset, `a text of at most ${MAX_TEXT} bytes`, `${length}`);
    this.#text += length;
    if (this.#text > MAX_TEXTS) this.refuse(offset, `texts of at most ${MAX_TEXTS} bytes in all`, "more");
    try {
      return utf8.decode(await this.bytes(field));
    } catch (error) {
      if (error instanceof TypeError) this.refuse(offset, "text in UTF-8", "other bytes");
      throw error;
    }
  }

  /** Counts numbers of a list among the parts of the file: each takes memory, as a field does. */
  count(parts: number, offset: number): void {
    this.#parts += parts;
    if (this.#parts > MAX_PARTS) this.refuse(offset, `at most ${MAX_PARTS} parts`, "more");
  }

  extent({ extent, offset }: Field): Extent {
    return extent ?? this.refuse(offset, "a message, text or bytes", "a number");
  }

  refuse(offset: number, expected: string, found: string): never {
    return fail("weights", { where: `${this.#ranges.file}, byte ${offset}`, expected, found });
  }

  /** Has the window hold these bytes of the file. */
  async #show(offset: number, length: number): Promise<void> {
    if (offset >= this.#start && offset + length <= this.#start + this.#window.length) return;
    this.#window = await this.#ranges.read(offset, Math.min(Math.max(WINDOW, length), this.#ranges.size - offset));
    this.#start = offset;
  }

  #field(offset: number, end: number): Field {
    const key = this.#varint(offset, end);
    const number = Number(BigInt.asUintN(64, key.value) >> 3n);
    const wire = Number(key.value & 7n);
    if (number < 1 || number > MAX_FIELD_NUMBER) this.refuse(offset, "a field of a message", `number ${number}`);
    if (wire === 0) {
      const { value, end: after } = this.#varint(key.end, end);
      return { number, offset, value, end: after };
    }
    if (wire === 1 || wire === 5) {
      const size = wire === 1 ? 8 : 4;
      if (key.end + size > end) this.refuse(key.end, `${size} bytes`, "the end of the message");
      const value = this.#fixed(key.end, size);
      return { number, offset, value, bits: size === 8 ? 64 : 32, end: key.end + size };
    }
    if (wire !== 2) return this.refuse(offset, "a number, or bytes with their length", `wire type ${wire}`);
    const { value, end: start } = this.#varint(key.end, end);
    const length = Number(BigInt.asUintN(64, value));
    if (length > end - start) this.refuse(offset, `at most ${end - start} bytes`, `a length of ${length}`);
    return { number, offset, extent: { offset: start, length }, end: start + length };
  }

  #varint(offset: number, end: number): { value: bigint; end: number } {
    let value = 0n;
    for (let i = 0; i < 10; i++) {
      if (offset + i >= end) this.refuse(offset, "a number", "the end of the message");
      const byte = this.#window[offset + i - this.#start]!;
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return { value: BigInt.asIntN(64, value), end: offset + i + 1 };
    }
    return this.refuse(offset, "a number of at most ten bytes", "a longer one");
  }

  #fixed(offset: number, size: 4 | 8): bigint {
    const view = new DataView(this.#window.buffer, this.#window.byteOffset + offset - this.#start, size);
    return size === 8 ? view.getBigUint64(0, true) : BigInt(view.getUint32(0, true));
  }
}

const MAX_FIELD_NUMBER = 2 ** 29 - 1;

/** The numbers of packed bytes: varints one after the other. Undefined where they end within one. */
export function packedVarints(bytes: Uint8Array): bigint[] | undefined {
  const values: bigint[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    if (shift > 63n) return undefined;
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte >= 0x80) continue;
    values.push(BigInt.asIntN(64, value));
    [value, shift] = [0n, 0n];
  }
  return shift === 0n ? values : undefined;
}

/** How many numbers packed bytes hold, whole ones. */
export function varintsIn(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte < 0x80) count++;
  return count;
}
