import { writeFileAtomically } from "../core/atomic-file.ts";
import { inLanes, type StopSignal } from "../core/index.ts";
import { type Dataset, type Pixels, readSmallImage } from "../data/index.ts";
import { sheetFile } from "./part-files.ts";

/** Pixels of a tile's side, tiles in a row, and tiles of a sheet: 16 x 16. A texture of 1536 pixels fits every GPU. */
export const TILE = 96;
export const SHEET_COLUMNS = 16;
export const SHEET_TILES = 256;

/** Up to this size the pixels of a picture are shown as squares. */
const SMALL = 48;
const LANES = 4;

/** What drawing an image says of it, in pixels. */
interface Drawn {
  readonly width: number;
  readonly height: number;
}

/**
 * Writes images as tiles of one WebP, row by row: each whole, in the middle of its tile, on a clear ground.
 * @param indices of the images, at most `SHEET_TILES`
 * @param sheet its number
 * @throws MaskconError "image" where one cannot be read, "disk" where it cannot be written
 */
export async function writeSheet(
  folder: string,
  sheet: number,
  dataset: Dataset,
  indices: readonly number[],
  signal?: StopSignal,
): Promise<Drawn[]> {
  const { default: sharp } = await import("sharp");
  const [width, height] = [SHEET_COLUMNS * TILE, Math.ceil(indices.length / SHEET_COLUMNS) * TILE];
  const canvas = Buffer.alloc(width * height * 4);
  const drawn: Drawn[] = [];
  await inLanes(indices.entries(), { count: LANES, signal }, async ([place, index]) => {
    const pixels = await readSmallImage(dataset, index, TILE);
    drawn[place] = pixels.full;
    const tile = await tileOf(pixels);
    const top = Math.floor(place / SHEET_COLUMNS) * TILE + ((TILE - tile.height) >> 1);
    const left = (place % SHEET_COLUMNS) * TILE + ((TILE - tile.width) >> 1);
    for (let y = 0, at = 0; y < tile.height; y++) {
      for (let to = ((top + y) * width + left) * 4, end = to + 4 * tile.width; to < end; at += 3, to += 4) {
        canvas[to] = tile.data[at]!;
        canvas[to + 1] = tile.data[at + 1]!;
        canvas[to + 2] = tile.data[at + 2]!;
        canvas[to + 3] = 255;
      }
    }
  });
  signal?.throwIfAborted();
  const webp = await sharp(canvas, { raw: { width, height, channels: 4 } })
    .webp({ quality: 78, effort: 2 })
    .toBuffer();
  await writeFileAtomically(sheetFile(folder, sheet), [webp]);
  return drawn;
}

/**
 * The whole image, at most `TILE` pixels a side, its longer side made `TILE`. The ground is not asked of sharp: with an alpha
 * channel it takes twice as long.
 */
async function tileOf({ data, width, height }: Pixels): Promise<Pixels> {
  const { default: sharp } = await import("sharp");
  const longer = Math.max(width, height);
  if (longer === TILE) return { data, width, height };
  const size = (side: number) => Math.max(1, Math.round((side * TILE) / longer));
  const kernel = longer <= SMALL ? "nearest" : "lanczos3";
  const tile = sharp(data, { raw: { width, height, channels: 3 } })
    .resize(size(width), size(height), { fit: "fill", kernel })
    .raw();
  return { data: await tile.toBuffer(), width: size(width), height: size(height) };
}
