import { type Collection, readThumbnails } from "../collection/index.ts";
import { breathing } from "../core/breath.ts";
import type { StopSignal } from "../core/index.ts";
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
  const grey = new Uint8Array(GREY_SIDE * GREY_SIDE);
  const span = (start: number, size: number, i: number) => {
    const from = start + Math.floor((i * size) / GREY_SIDE);
    return [from, Math.max(from + 1, start + Math.floor(((i + 1) * size) / GREY_SIDE))] as const;
  };
  for (let y = 0; y < GREY_SIDE; y++) {
    const [top, bottom] = span(box.top, box.bottom - box.top, y);
    for (let x = 0; x < GREY_SIDE; x++) {
      const [left, right] = span(box.left, box.right - box.left, x);
      let sum = 0;
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) sum += luma(tile, 4 * (row * side + column));
      }
      grey[y * GREY_SIDE + x] = Math.round(sum / ((bottom - top) * (right - left)));
    }
  }
  return grey;
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
