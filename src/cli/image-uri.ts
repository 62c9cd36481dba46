import sharp from "sharp";
import { fail } from "../core/index.ts";
import type { Dataset } from "../data/index.ts";

/** An image of a dataset held in memory as a PNG data URI. */
export async function imageUri(dataset: Dataset, index: number): Promise<string> {
  const { source } = dataset;
  if (source.kind !== "memory") {
    return fail("data", { where: dataset.name, expected: "images in memory", found: `images in ${source.kind}` });
  }
  const { width, height, pixels } = source;
  const size = width * height * 3;
  const rgb = new Uint8Array(pixels, index * size, size).slice();
  const png = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return `data:image/png;base64,${png.toString("base64")}`;
}
