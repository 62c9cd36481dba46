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

/** Image `index` with its longer side at most `side` pixels: files are decoded smaller at once, which takes less time. */
export async function readSmallImage(dataset: Dataset, index: number, side: number): Promise<SmallImage> {
  // Loaded only here: a worker that reads from memory starts without the decoder.
  const { decodeTo, reduced, reducedSize } = await import("../images/decode.ts");
  const { source } = dataset;
  if (source.kind !== "files" && source.kind !== "slices") {
    const pixels = await readImage(dataset, index);
    const { width, height } = pixels;
    return { ...(await reduced(pixels, within(width, height, side))), full: { width, height } };
  }
  idOf(dataset, index);
  let full: [number, number] = [0, 0];
  const pixels = await decodeTo(encodedAt(source, index), (...size) => {
    full = reducedSize(...size, source.shortSide);
    return within(...full, side);
  });
  return { ...pixels, full: { width: full[0], height: full[1] } };
}

function within(width: number, height: number, side: number): [number, number] {
  const factor = Math.min(1, side / Math.max(width, height));
  return [Math.max(1, Math.round(width * factor)), Math.max(1, Math.round(height * factor))];
}
