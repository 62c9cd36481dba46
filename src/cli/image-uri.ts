import sharp from "sharp";
import { type Dataset, readImage } from "../data/index.ts";

/** An image of a dataset as a PNG data URI. */
export async function imageUri(dataset: Dataset, index: number): Promise<string> {
  const { width, height, data } = await readImage(dataset, index);
  const png = await sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return `data:image/png;base64,${png.toString("base64")}`;
}
