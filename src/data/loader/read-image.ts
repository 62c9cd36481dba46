import { type Dataset, idOf, type Pixels } from "../dataset.ts";
import { pixelReader } from "./read-pixels.ts";

/** Image `index` of a dataset, as stored: a copy of its pixels. For pages and reports; training goes through the loaders. */
export async function readImage(dataset: Dataset, index: number): Promise<Pixels> {
  idOf(dataset, index);
  const { width, height, data, offset } = await pixelReader(dataset.source).read(index);
  return { width, height, data: data.slice(offset, offset + width * height * 3) };
}
