import { countGifPixels } from "./gif-pixels.ts";

/** The first frame of a GIF as a rectangle of the canvas, and the colour that its palette gives to what lies around it. */
export interface GifFrame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Red, green, blue. */
  readonly around: Uint8Array;
}

/**
 * Takes the transparency off the first frame of a GIF, in place: libvips paints transparent pixels black, whatever colour
 * the palette has for them. What the frame leaves out of the canvas has the colour of the transparent entry, or else of the
 * palette's first one, as in Pillow.
 * Throws a plain Error where the frame has no palette, and where its data end too early: libvips leaves black what is missing.
 * @returns undefined where there is no frame
 */
export function withoutTransparency(bytes: Uint8Array): GifFrame | undefined {
  const globalPalette = paletteAt(bytes, 10, 13);
  let at = 13 + (globalPalette?.length ?? 0);
  let transparent = 0;
  while (bytes[at] === EXTENSION) {
    if (bytes[at + 1] === GRAPHIC_CONTROL && bytes[at + 2] === 4) {
      transparent = bytes[at + 3]! & 1 ? bytes[at + 6]! : 0;
      bytes[at + 3]! &= ~1;
    }
    at = afterBlocks(bytes, at + 2);
  }
  const ownPalette = paletteAt(bytes, at + 9, at + 10);
  const palette = ownPalette ?? globalPalette;
  if (bytes[at] !== IMAGE) return undefined;
  if (!palette) throw new Error("it has no palette");
  const short = (place: number) => (bytes[at + place] ?? 0) + 256 * (bytes[at + place + 1] ?? 0);
  const [left, top, width, height] = [short(1), short(3), short(5), short(7)];
  const found = countGifPixels(bytes, at + 10 + (ownPalette?.length ?? 0), width * height);
  if (found < width * height) throw new Error(`its data end after ${found} of ${width * height} pixels`);
  const around = Uint8Array.of(0, 1, 2).map((channel) => palette[3 * transparent + channel] ?? 0);
  return { left, top, width, height, around };
}

/** Blocks begin with these. */
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const GRAPHIC_CONTROL = 0xf9;

/** The colour table at `start`, if the flags have one. */
function paletteAt(bytes: Uint8Array, flagsAt: number, start: number): Uint8Array | undefined {
  const flags = bytes[flagsAt] ?? 0;
  return flags & 0x80 ? bytes.subarray(start, start + 3 * 2 ** ((flags & 7) + 1)) : undefined;
}

/** Past a chain of sub-blocks, each after its length, that ends with one of length 0. */
function afterBlocks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at]) at += bytes[at]! + 1;
  return at + 1;
}

/** Paints what the frame leaves out of an RGB canvas. */
export function paintAround(data: Uint8Array, width: number, frame: GifFrame): void {
  const { left, top, around } = frame;
  const right = left + frame.width;
  const bottom = top + frame.height;
  if (left === 0 && top === 0 && right >= width && 3 * width * bottom >= data.length) return;
  for (let at = 0, x = 0, y = 0; at < data.length; at += 3) {
    if (x < left || x >= right || y < top || y >= bottom) data.set(around, at);
    if (++x === width) {
      x = 0;
      y++;
    }
  }
}
