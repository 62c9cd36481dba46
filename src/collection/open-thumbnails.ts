import { oneAtATime } from "../core/index.ts";
import type { Collection } from "./open.ts";
import { readSheet, tileIn } from "./read-tiles.ts";
import { TILE } from "./sheets.ts";

/** Decoded sheets that are kept by default: 9 MB each. What a search finds lies in many. */
const KEPT = 24;

/** Sheets that are decoded at a time: however many are asked for, memory stays bounded. */
const LANES = 4;

/**
 * Gives thumbnails one at a time, as PNG; undefined where there is none. The sheets that were asked last stay decoded.
 * @param most of them
 */
export function openThumbnails(
  { folder, rows }: Collection,
  most = KEPT,
): (position: number) => Promise<Buffer | undefined> {
  const lanes = Array.from({ length: LANES }, () => oneAtATime((sheet: number) => readSheet(folder, sheet)));
  const waiting = new Map<number, Promise<Buffer | undefined>>();
  const kept = new Map<number, Buffer | undefined>();
  const keep = (sheet: number, pixels: Buffer | undefined) => {
    // A map keeps the order of insertion: the first is the one that was not asked for longest.
    kept.delete(sheet);
    kept.set(sheet, pixels);
    if (kept.size > most) kept.delete(kept.keys().next().value!);
    return pixels;
  };
  const decoded = async (sheet: number) => {
    const pixels = await lanes[sheet % LANES]!(sheet).finally(() => waiting.delete(sheet));
    return keep(sheet, pixels);
  };
  const pixelsOf = (sheet: number) => {
    if (kept.has(sheet)) return keep(sheet, kept.get(sheet));
    const pixels = waiting.get(sheet) ?? decoded(sheet);
    // Until it is there nobody asks for it again.
    waiting.set(sheet, pixels);
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
