import { raster } from "../augment/raster.ts";
import { resizedCrop } from "../augment/resize.ts";
import { type Dataset, idOf, type Pixels } from "../dataset.ts";
import { encodedAt } from "../images/encoded.ts";
import { pixelReader } from "./read-pixels.ts";

/** Image `index` of a dataset, as stored: a copy of its pixels. For pages and reports; training goes through the loaders. */
export async function readImage(dataset: Dataset, index: number): Promise<Pixels> {
  idOf(dataset, index);
  const { width, height, data, offset } = await pixelReader(dataset.source).read(index);
  return { width, height, data: data.slice(offset, offset + width * height * 3) };
}

/** An image made smaller. */
export interface SmallImage extends Pixels {
  /** Of the image as `readImage` gives it, in pixels. */
  readonly full: { readonly width: number; readonly height: number };
}

/** Up to so many times the wanted side a decoder that reduces at once takes longer: 2 ms of 5 at 160 px (docs/performance.md). */
const MUCH_LARGER = 4;

/** Image `index` with its longer side at most `side` pixels. Much larger files are decoded smaller at once. */
export async function readSmallImage(dataset: Dataset, index: number, side: number): Promise<SmallImage> {
  const { source } = dataset;
  if (source.kind !== "files" && source.kind !== "slices") {
    const { width, height, data } = await readImage(dataset, index);
    return { ...shrunk({ width, height, data }, within(width, height, side)), full: { width, height } };
  }
  // Loaded only here: a worker that reads from memory starts without the decoder.
  const { decodeTo, reducedSize } = await import("../images/decode.ts");
  idOf(dataset, index);
  let full: [number, number] = [0, 0];
  const pixels = await decodeTo(encodedAt(source, index), (...size) => {
    full = reducedSize(...size, source.shortSide);
    return Math.max(...full) > MUCH_LARGER * side ? within(...full, side) : full;
  });
  return { ...shrunk(pixels, within(...full, side)), full: { width: full[0], height: full[1] } };
}

/** By averages, as Pillow's bilinear filter. */
function shrunk({ width, height, data }: Pixels, [newWidth, newHeight]: readonly [number, number]): Pixels {
  if (width === newWidth && height === newHeight) return { width, height, data };
  const target = raster(newWidth, newHeight);
  resizedCrop({ width, height, data, offset: 0 }, { left: 0, top: 0, width, height }, target, newWidth, newHeight);
  return target;
}

function within(width: number, height: number, side: number): [number, number] {
  const factor = Math.min(1, side / Math.max(width, height));
  return [Math.max(1, Math.round(width * factor)), Math.max(1, Math.round(height * factor))];
}
