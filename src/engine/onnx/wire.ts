/** Protocol-buffer wire format, the part ModelProto needs: varints, 32-bit floats and length-delimited fields. */

const utf8 = new TextEncoder();

/** Collects the fields of one message as chunks; large payloads are kept by reference until `concat`. */
export class MessageWriter {
  readonly chunks: Uint8Array[] = [];
  length = 0;

  varint(field: number, value: number): this {
    return this.#push(tag(field, 0)).#push(varint(value));
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#push(tag(field, 5)).#push(bytes);
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#push(tag(field, 2)).#push(varint(value.length)).#push(value);
  }

  string(field: number, value: string): this {
    return this.bytes(field, utf8.encode(value));
  }

  message(field: number, message: MessageWriter): this {
    this.#push(tag(field, 2)).#push(varint(message.length));
    for (const chunk of message.chunks) this.#push(chunk);
    return this;
  }

  concat(): Uint8Array {
    const all = new Uint8Array(this.length);
    let offset = 0;
    for (const chunk of this.chunks) {
      all.set(chunk, offset);
      offset += chunk.length;
    }
    return all;
  }

  #push(chunk: Uint8Array): this {
    this.chunks.push(chunk);
    this.length += chunk.length;
    return this;
  }
}

const tag = (field: number, wireType: number): Uint8Array => varint(field * 8 + wireType);

/** Unsigned LEB128; negative numbers as ten-byte two's complement, like protobuf's int64. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
