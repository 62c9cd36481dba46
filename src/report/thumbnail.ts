import { MaskconError } from "../core/index.ts";
import { type Dataset, type Pixels, readImage, readSmallImage } from "../data/index.ts";

/** Pixels of the longer side of a picture in a page. */
const MOST_PIXELS = 96;
/** Up to this size PNG keeps every pixel of a small picture for less than WebP would save. */
const SMALL = 48;

export interface Thumbnail {
  readonly uri: string;
  /** So small that a browser should not blur it when it enlarges it. */
  readonly pixelated: boolean;
}

/** An image of a dataset as a data URI: as it is where it is small, else reduced. Undefined where it cannot be read. */
export async function thumbnail(dataset: Dataset, index: number): Promise<Thumbnail | undefined> {
  const pixels = await readable(readSmallImage(dataset, index, MOST_PIXELS));
  if (!pixels) return undefined;
  const { width, height } = pixels;
  const image = await sharpOf(pixels);
  if (Math.max(width, height) <= SMALL) {
    return { uri: dataUri("png", await image.png({ compressionLevel: 9 }).toBuffer()), pixelated: true };
  }
  return { uri: dataUri("webp", await image.webp({ quality: 78 }).toBuffer()), pixelated: false };
}

export interface Sheet {
  readonly uri: string;
  /** Pixels of a tile's side. */
  readonly tile: number;
  readonly columns: number;
}

const TILE = 32;
const COLUMNS = 50;

/** Many images as small tiles of one picture, row by row; those that cannot be read stay grey. */
export async function thumbnailSheet(
  dataset: Dataset,
  indices: ArrayLike<number>,
  { signal, progress }: { signal?: AbortSignal | undefined; progress?: (done: number, total: number) => void } = {},
): Promise<Sheet> {
  const rows = Math.max(1, Math.ceil(indices.length / COLUMNS));
  const sheet = Buffer.alloc(rows * TILE * COLUMNS * TILE * 3, 0x80);
  for (let i = 0; i < indices.length; i++) {
    signal?.throwIfAborted();
    const pixels = await readable(readImage(dataset, indices[i]!));
    if (pixels) {
      const image = await sharpOf(pixels);
      const data = await image.resize(TILE, TILE, { fit: "cover" }).raw().toBuffer();
      const corner = (Math.floor(i / COLUMNS) * TILE * COLUMNS + (i % COLUMNS)) * TILE * 3;
      for (let y = 0; y < TILE; y++)
        data.copy(sheet, corner + y * COLUMNS * TILE * 3, y * TILE * 3, (y + 1) * TILE * 3);
    }
    progress?.(i + 1, indices.length);
  }
  const raw = { width: COLUMNS * TILE, height: rows * TILE, channels: 3 } as const;
  const webp = await (await encoder())(sheet, { raw }).webp({ quality: 72 }).toBuffer();
  return { uri: dataUri("webp", webp), tile: TILE, columns: COLUMNS };
}

/** A file may have vanished or broken since the data was opened: the rest of a page is still worth having. */
async function readable(pixels: Promise<Pixels>): Promise<Pixels | undefined> {
  try {
    return await pixels;
  } catch (error) {
    if (error instanceof MaskconError) return undefined;
    throw error;
  }
}

/** Loaded with the first picture: who imports the package may never need it. */
const encoder = async () => (await import("sharp")).default;

const sharpOf = async ({ data, width, height }: Pixels) =>
  (await encoder())(data, { raw: { width, height, channels: 3 } });
const dataUri = (kind: string, bytes: Buffer) => `data:image/${kind};base64,${bytes.toString("base64")}`;
