import { crc32, deflateSync } from "node:zlib";

/** Writers of images that no library writes: hidden colours in palettes, odd samples, frames that leave a canvas out. */

interface PngOptions {
  readonly width: number;
  /** 0 gray, 2 RGB, 3 palette, 4 gray with alpha, 6 RGB with alpha. */
  readonly colorType: number;
  readonly bitDepth?: number;
  /** Rows from the top, each packed to whole bytes. */
  readonly rows: readonly Uint8Array[];
  /** Written before the pixels. */
  readonly chunks?: readonly (readonly [type: string, content: Uint8Array])[];
}

export function encodePng({ width, colorType, bitDepth = 8, rows, chunks = [] }: PngOptions): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(rows.length, 4);
  header.set([bitDepth, colorType], 8);
  const pixels = deflateSync(Buffer.concat(rows.flatMap((row) => [Buffer.of(0), row])));
  const all = [["IHDR", header], ...chunks, ["IDAT", pixels], ["IEND", new Uint8Array()]] as const;
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    ...all.map(([type, content]) => chunk(type, content)),
  ]);
}

function chunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  return Buffer.concat([bigEndian(content.length), body, bigEndian(crc32(body))]);
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The chunk of a colour profile. */
export const profileChunk = (icc: Uint8Array): readonly [string, Uint8Array] => [
  "iCCP",
  Buffer.concat([Buffer.from("x\0\0", "latin1"), deflateSync(icc)]),
];

export interface TiffOptions {
  readonly width: number;
  readonly height: number;
  /** Of each sample. */
  readonly bits: number;
  /** Samples of a pixel: 1 by default. */
  readonly count?: number;
  /** 0 gray with 0 for white, 1 gray, 2 RGB, 3 palette, 5 CMYK, 8 Lab. */
  readonly photometric?: number;
  /** SampleFormat: 1 unsigned, 2 signed, 3 floating point. */
  readonly format?: number;
  readonly extra?: readonly number[];
  /** Of the tag alone: 1, none, by default. */
  readonly compression?: number;
  /** Each strip is a tile in place of a strip. */
  readonly tiled?: boolean;
  readonly orientation?: number;
  /** One strip, or with several each sample by itself (PlanarConfiguration 2). */
  readonly strips: readonly Uint8Array[];
  readonly bigEndian?: boolean;
  /** Offsets of 8 bytes. */
  readonly big?: boolean;
}

/** A TIFF of one page: a header, the strips, the values of tags that need more room, the directory. */
export function encodeTiff(o: TiffOptions): Buffer {
  const order = o.bigEndian ? "BE" : "LE";
  const out = new Writer(order, o.big ?? false);
  const strips = o.strips.map((strip) => out.add(strip));
  const count = o.count ?? 1;
  const each = (value: number) => new Array<number>(count).fill(value);
  const tags: (readonly [tag: number, type: 3 | 4, values: readonly number[]])[] = [
    [256, 4, [o.width]],
    [257, 4, [o.height]],
    [258, 3, each(o.bits)],
    [259, 3, [o.compression ?? 1]],
    [262, 3, [o.photometric ?? 1]],
    [273, 4, strips],
    [274, 3, [o.orientation ?? 1]],
    [277, 3, [count]],
    [278, 4, [o.height]],
    [279, 4, o.strips.map((strip) => strip.length)],
    [284, 3, [strips.length > 1 ? 2 : 1]],
  ];
  if (o.tiled) {
    const tileTags = new Map([
      [273, 324],
      [278, 323],
      [279, 325],
    ]);
    tags.splice(0, tags.length, ...tags.map(([tag, ...rest]) => [tileTags.get(tag) ?? tag, ...rest] as const));
    tags.push([322, 4, [o.width]]);
    tags.sort(([a], [b]) => a - b);
  }
  if (o.extra) tags.push([338, 3, o.extra]);
  if (o.format !== undefined) tags.push([339, 3, each(o.format)]);
  return out.finish(tags);
}

class Writer {
  private readonly parts: Buffer[] = [];
  private size: number;
  private readonly order: "LE" | "BE";
  private readonly big: boolean;

  constructor(order: "LE" | "BE", big: boolean) {
    this.order = order;
    this.big = big;
    this.size = big ? 16 : 8;
  }

  /** Returns where the bytes lie. */
  add(bytes: Uint8Array): number {
    const at = this.size;
    const padded = Buffer.concat([bytes, Buffer.alloc(bytes.length % 8 === 0 ? 0 : 8 - (bytes.length % 8))]);
    this.parts.push(padded);
    this.size += padded.length;
    return at;
  }

  finish(tags: readonly (readonly [number, 3 | 4, readonly number[]])[]): Buffer {
    const room = this.big ? 8 : 4;
    const entries = tags.map(([tag, type, values]) => {
      const size = type === 3 ? 2 : 4;
      const bytes = Buffer.concat(values.map((value) => this.number(value, size)));
      const value = bytes.length <= room ? bytes : this.number(this.add(bytes), room);
      const rest = Buffer.alloc(room - value.length);
      return Buffer.concat([this.number(tag, 2), this.number(type, 2), this.number(values.length, room), value, rest]);
    });
    const end = this.number(0, room);
    const at = this.add(Buffer.concat([this.number(tags.length, this.big ? 8 : 2), ...entries, end]));
    const mark = Buffer.from(this.order === "LE" ? "II" : "MM");
    const head = this.big
      ? [mark, this.number(43, 2), this.number(8, 2), this.number(0, 2), this.number(at, 8)]
      : [mark, this.number(42, 2), this.number(at, 4)];
    return Buffer.concat([...head, ...this.parts]);
  }

  private number(value: number, size: number): Buffer {
    const bytes = Buffer.alloc(size);
    if (this.order === "LE") bytes.writeUIntLE(value, 0, Math.min(size, 6));
    else bytes.writeUIntBE(value, Math.max(0, size - 6), Math.min(size, 6));
    return bytes;
  }
}

type Colour = readonly [red: number, green: number, blue: number];

interface GifFrameOptions {
  readonly left?: number;
  readonly top?: number;
  readonly width: number;
  readonly height: number;
  /** An index into the palette for each pixel. */
  readonly pixels: ArrayLike<number>;
  readonly palette?: readonly Colour[];
  readonly transparent?: number;
}

interface GifOptions {
  readonly width: number;
  readonly height: number;
  readonly palette?: readonly Colour[];
  readonly frames: readonly GifFrameOptions[];
}

/** A GIF whose pixels are not compressed. Palettes have 8 colours at most. */
export function encodeGif({ width, height, palette, frames }: GifOptions): Buffer {
  const screen = [...short(width), ...short(height), palette ? 0x82 : 2, 0, 0];
  const body = frames.flatMap((frame) => {
    const { left = 0, top = 0, transparent } = frame;
    const control = [0x21, 0xf9, 4, transparent === undefined ? 0 : 1, 5, 0, transparent ?? 0, 0];
    const place = [left, top, frame.width, frame.height].flatMap(short);
    return [...control, 0x2c, ...place, frame.palette ? 0x82 : 0, ...table(frame.palette), ...codes(frame.pixels)];
  });
  return Buffer.concat([Buffer.from("GIF89a"), Buffer.from([...screen, ...table(palette), ...body, 0x3b])]);
}

const short = (value: number) => [value & 255, value >> 8];
const table = (palette: readonly Colour[] | undefined) =>
  palette ? Array.from({ length: 24 }, (_, i) => palette[Math.floor(i / 3)]?.[i % 3] ?? 0) : [];

/** Codes of 4 bits: 8 clears the dictionary before it makes them longer, 9 ends. */
function codes(pixels: ArrayLike<number>): number[] {
  const list = Array.from(pixels).flatMap((pixel, i) => (i % 6 === 0 ? [8, pixel] : [pixel]));
  list.push(9);
  const bytes = Array.from(
    { length: Math.ceil(list.length / 2) },
    (_, i) => list[2 * i]! | ((list[2 * i + 1] ?? 0) << 4),
  );
  const blocks: number[] = [];
  for (let i = 0; i < bytes.length; i += 255) {
    const block = bytes.slice(i, i + 255);
    blocks.push(block.length, ...block);
  }
  return [3, ...blocks, 0];
}
