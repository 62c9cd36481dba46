import type { Collection } from "./open.ts";
import { readSheet, tileIn } from "./read-tiles.ts";
import { TILE } from "./sheets.ts";

/** Decoded sheets that are kept: 9 MB each. What a search finds lies in many. */
const KEPT = 24;

/** Gives thumbnails one at a time, as PNG; undefined where there is none. The sheets that were asked last stay decoded. */
export function openThumbnails({ folder, rows }: Collection): (position: number) => Promise<Buffer | undefined> {
  const sheets = new Map<number, Promise<Buffer | undefined>>();
  const pixelsOf = (sheet: number) => {
    const pixels = sheets.get(sheet) ?? readSheet(folder, sheet);
    // A map keeps the order of insertion: the first is the one that was not asked for longest.
    sheets.delete(sheet);
    sheets.set(sheet, pixels);
    if (sheets.size > KEPT) sheets.delete(sheets.keys().next().value!);
    return pixels;
  };
  return async (position) => {
    const pixels = await pixelsOf(rows.sheets[position]!);
    const tile = pixels && tileIn(pixels, rows.tiles[position]!);
    if (!tile) return undefined;
    const { default: sharp } = await import("sharp");
    const raw = { width: TILE, height: TILE, channels: 4 } as const;
    return sharp(tile, { raw }).png({ compressionLevel: 1 }).toBuffer();
  };
}
