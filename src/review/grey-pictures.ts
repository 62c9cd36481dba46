import { type Collection, readThumbnails } from "../collection/index.ts";
import { breathing } from "../core/breath.ts";
import type { StopSignal } from "../core/index.ts";
import { areaSums, meansIn } from "./area-means.ts";
import { GREY_SIDE } from "./same-picture.ts";

/** Thumbnails held at a time: sheets are read in their order. */
const AT_ONCE = 4096;

/** Images of a collection in grey, squashed to the square, from their thumbnails. @param rowOf the row of each image */
export const greyPictures =
  (collection: Collection, rowOf: Int32Array, signal?: StopSignal) => async (images: Iterable<number>) => {
    const sheetOf = (image: number) => collection.rows.sheets[rowOf[image]!]!;
    const ordered = [...images].sort((a, b) => sheetOf(a) - sheetOf(b));
    const pictures = new Map<number, Uint8Array>();
    const breath = breathing(signal);
    for (let first = 0; first < ordered.length; first += AT_ONCE) {
      const some = ordered.slice(first, first + AT_ONCE);
      const { side, tiles } = await readThumbnails(
        collection,
        some.map((image) => rowOf[image]!),
      );
      for (const image of some) {
        await breath();
        const tile = tiles.get(rowOf[image]!);
        const grey = tile && squashed(tile, side);
        if (grey) pictures.set(image, grey);
      }
    }
    return pictures;
  };

/** What a tile [side, side, RGBA] shows, without the clear ground around it; undefined where it is all clear. */
function squashed(tile: Uint8Array, side: number): Uint8Array | undefined {
  const box = shownBox(tile, side);
  if (!box) return undefined;
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const sums = areaSums(width, height, (x, y) => luma(tile, 4 * ((box.top + y) * side + box.left + x)));
  return Uint8Array.from(meansIn(sums, { left: 0, top: 0, width: 1, height: 1 }, GREY_SIDE), Math.round);
}

/** ITU-R 601. */
const luma = (tile: Uint8Array, at: number): number =>
  0.299 * tile[at]! + 0.587 * tile[at + 1]! + 0.114 * tile[at + 2]!;

function shownBox(tile: Uint8Array, side: number) {
  const box = { left: side, right: 0, top: side, bottom: 0 };
  for (let at = 0; at < side * side; at++) {
    if (tile[4 * at + 3]! < 128) continue;
    const [x, y] = [at % side, Math.floor(at / side)];
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x + 1);
    box.top = Math.min(box.top, y);
    box.bottom = y + 1;
  }
  return box.right > box.left ? box : undefined;
}
