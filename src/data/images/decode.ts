import { stat } from "node:fs/promises";
import type { default as Sharp } from "sharp";
import { fail, fsReason } from "../../core/index.ts";
import { isLfsPointer } from "../../formats/index.ts";
import { readableFormats } from "../collections/walk.ts";
import type { Pixels } from "../dataset.ts";
import { type Encoded, placeOf, readSlice } from "./encoded.ts";

/** Larger images are refused unread: 2^26 pixels, 201 MB decoded. */
export const MAX_PIXELS = 2 ** 26;

let decoder: Promise<typeof Sharp> | undefined;

/** Loaded (25 MB of memory) with the first image: sets that come decoded never need it. */
function sharpOnce(): Promise<typeof Sharp> {
  decoder ??= import("sharp").then(({ default: sharp }) => {
    // One image is one thread's work, and files are read once: the pool of callers is the parallelism.
    sharp.concurrency(1);
    sharp.cache(false);
    return sharp;
  });
  return decoder;
}

/** What is read, as the decoder calls it; it knows others (SVG, PPM) that are not meant to be pictures here. */
const formats: readonly string[] = ["jpeg", "png", "webp", "gif", "tiff", "heif"];

const options = { failOn: "error", limitInputPixels: MAX_PIXELS, sequentialRead: true } as const;

/** Size after the EXIF orientation is applied, from the header alone. Throws a plain Error with the reason. */
export async function readSize(image: Encoded): Promise<{ width: number; height: number }> {
  if (typeof image === "string") await checkFile(image);
  return sizeOf(await inputOf(image));
}

async function checkFile(file: string): Promise<void> {
  const info = await stat(file);
  // A name may stand for a pipe or a device, which would never end.
  if (!info.isFile()) throw new Error("it is not a regular file");
  if (await isLfsPointer(file, info.size)) {
    throw new Error("it is a Git LFS pointer: run `git lfs pull` in its folder");
  }
}

/** What the decoder takes. */
const inputOf = async (image: Encoded): Promise<string | Buffer> =>
  typeof image === "string" ? image : await readSlice(image);

async function sizeOf(input: string | Buffer): Promise<{ width: number; height: number }> {
  const sharp = await sharpOnce();
  const { autoOrient, format } = await sharp(input, { ...options, limitInputPixels: false }).metadata();
  if (!formats.includes(format)) throw new Error(`its content is ${format}: make it ${readableFormats}`);
  const { width, height } = autoOrient;
  if (width * height > MAX_PIXELS) {
    throw new Error(`its header promises ${width} x ${height} pixels, and the limit is ${MAX_PIXELS} in all`);
  }
  return { width, height };
}

/** What an image measures once its short side is reduced to `shortSide` (never enlarged). */
export function reducedSize(width: number, height: number, shortSide: number | undefined): [number, number] {
  const factor = shortSide === undefined ? 1 : Math.min(1, shortSide / Math.min(width, height));
  return factor === 1 ? [width, height] : [Math.round(width * factor), Math.round(height * factor)];
}

/**
 * Decodes an image to 8-bit RGB: EXIF orientation applied, transparency dropped (not blended), 16-bit values, grayscale,
 * palette and CMYK converted, the first frame of an animation. `shortSide` reduces larger images first.
 * @throws MaskconError `image`, naming the file (and the byte where the image begins in it), when it is missing, truncated, damaged or too large
 */
export async function decodeImage(image: Encoded, shortSide?: number): Promise<Pixels> {
  try {
    return await decode(await inputOf(image), shortSide);
  } catch (error) {
    fail("image", { where: placeOf(image), expected: "a readable image", found: fsReason(error) }, error);
  }
}

async function decode(input: string | Buffer, shortSide: number | undefined): Promise<Pixels> {
  const sharp = await sharpOnce();
  let image = sharp(input, options).autoOrient();
  if (shortSide !== undefined) {
    const size = await sizeOf(input);
    const [width, height] = reducedSize(size.width, size.height, shortSide);
    if (width < size.width || height < size.height) image = image.resize(width, height, { fit: "fill" });
  }
  const { data, info } = await image.toColourspace("srgb").removeAlpha().raw({ depth: "uchar" }).toBuffer({
    resolveWithObject: true,
  });
  if (info.channels !== 3) throw new Error(`${info.channels} channels`);
  // A plain array: Buffer's own `slice` would share memory.
  return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
}
