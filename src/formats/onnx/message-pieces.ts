import type { Extent } from "./protobuf.ts";

/** Bytes in memory, or a stretch of a file that is copied when the message is written. */
export type Piece = Uint8Array | Extent;

const utf8 = new TextEncoder();

/** A protobuf message in pieces, so that tensors of gigabytes are never in memory. */
export class MessagePieces {
  readonly pieces: Piece[] = [];
  /** In bytes. */
  length = 0;

  add(piece: Piece): this {
    this.length += piece.length;
    const last = this.pieces.at(-1);
    if (!isBytes(piece) && last && !isBytes(last) && last.offset + last.length === piece.offset) {
      this.pieces[this.pieces.length - 1] = { offset: last.offset, length: last.length + piece.length };
    } else if (piece.length > 0) this.pieces.push(piece);
    return this;
  }

  varint(number: number, value: number): this {
    return this.add(Uint8Array.from([...varint(number * 8), ...varint(value)]));
  }

  bytes(number: number, bytes: Uint8Array): this {
    return this.add(Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length)])).add(bytes);
  }

  text(number: number, text: string): this {
    return this.bytes(number, utf8.encode(text));
  }

  message(number: number, message: MessagePieces): this {
    this.add(Uint8Array.from([...varint(number * 8 + 2), ...varint(message.length)]));
    for (const piece of message.pieces) this.add(piece);
    return this;
  }
}

export const isBytes = (piece: Piece): piece is Uint8Array => piece instanceof Uint8Array;

/** Unsigned LEB128; a negative number in ten bytes, as protobuf's int64. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}
