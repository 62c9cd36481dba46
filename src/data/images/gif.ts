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
 * @returns undefined where there is no frame or no palette
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
  const palette = paletteAt(bytes, at + 9, at + 10) ?? globalPalette;
  if (bytes[at] !== IMAGE || !palette) return undefined;
  const [left, top, width, height] = [1, 3, 5, 7].map((place) => bytes[at + place]! + 256 * bytes[at + place + 1]!);
  const around = Uint8Array.of(0, 1, 2).map((channel) => palette[3 * transparent + channel] ?? 0);
  return { left: left!, top: top!, width: width!, height: height!, around };
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
