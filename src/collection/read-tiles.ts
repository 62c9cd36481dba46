import { groupBy } from "../core/index.ts";
import { readBounded } from "../formats/index.ts";
import type { Collection } from "./open.ts";
import { sheetFile } from "./part-files.ts";
import { SHEET_COLUMNS, SHEET_TILES, TILE } from "./sheets.ts";

/** Pixels of a thumbnail of a collection: [TILE, TILE, 4] bytes of a square, clear around the picture. */
export interface Thumbnails {
  readonly side: number;
  /** By position; what cannot be read is left out. */
  readonly tiles: ReadonlyMap<number, Uint8Array>;
}

const MOST_BYTES = 2 ** 25;

/**
 * The thumbnails of some rows. Each sheet is read once.
 * @param collection its rows and its folder are read
 */
export async function readThumbnails({ folder, rows }: Collection, positions: Iterable<number>): Promise<Thumbnails> {
  const tiles = new Map<number, Buffer>();
  for (const [sheet, places] of groupBy(new Set(positions), (position) => rows.sheets[position]!)) {
    const pixels = await readSheet(folder, sheet);
    if (!pixels) continue;
    for (const position of places) {
      const tile = tileIn(pixels, rows.tiles[position]!);
      if (tile) tiles.set(position, tile);
    }
  }
  return { side: TILE, tiles };
}

/** The thumbnails of some rows as data URIs, by position; what cannot be read is left out. */
export async function thumbnailUris(
  collection: Collection,
  positions: Iterable<number>,
): Promise<ReadonlyMap<number, string>> {
  const { default: sharp } = await import("sharp");
  const { side, tiles } = await readThumbnails(collection, positions);
  const uris = new Map<number, string>();
  for (const [position, tile] of tiles) {
    const image = sharp(tile, { raw: { width: side, height: side, channels: 4 } });
    const webp = await image.webp({ quality: 80 }).toBuffer();
    uris.set(position, `data:image/webp;base64,${webp.toString("base64")}`);
  }
  return uris;
}

/** The pixels of a sheet; undefined where it is none of a collection's: a page is worth having without some of its pictures. */
export async function readSheet(folder: string, sheet: number): Promise<Buffer | undefined> {
  const { default: sharp } = await import("sharp");
  try {
    const image = sharp(await readBounded(sheetFile(folder, sheet), MOST_BYTES), {
      limitInputPixels: SHEET_TILES * TILE * TILE,
    });
    const { data, info } = await image.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    return info.width === SHEET_COLUMNS * TILE ? data : undefined;
  } catch {
    return undefined;
  }
}

/** The pixels of a tile [TILE, TILE, 4] of a sheet; undefined where the sheet is too short. */
export function tileIn(sheet: Buffer, tile: number): Buffer | undefined {
  const stride = SHEET_COLUMNS * TILE * 4;
  const corner = Math.floor(tile / SHEET_COLUMNS) * TILE * stride + (tile % SHEET_COLUMNS) * TILE * 4;
  if (corner + (TILE - 1) * stride + TILE * 4 > sheet.length) return undefined;
  const pixels = Buffer.alloc(TILE * TILE * 4);
  for (let y = 0; y < TILE; y++) sheet.copy(pixels, y * TILE * 4, corner + y * stride, corner + y * stride + TILE * 4);
  return pixels;
}
