import { stat } from "node:fs/promises";
import { extname, sep } from "node:path";
import type { Sharp } from "sharp";
import { fail, fsReason } from "../../core/index.ts";
import { isLfsPointer } from "../../formats/index.ts";
import type { Pixels } from "../dataset.ts";
import { isInkProfile, multiplyInks } from "./cmyk.ts";
import { type Encoded, placeOf, readSlice } from "./encoded.ts";
import { paintAround, withoutTransparency } from "./gif.ts";
import { type Header, type Input, readHeader } from "./header.ts";
import { inputOptions, reasonOf, sharpOnce } from "./libvips.ts";

/** Size after the EXIF orientation is applied, from the header alone. Throws a plain Error with the reason. */
export async function readSize(image: Encoded): Promise<{ width: number; height: number }> {
  try {
    if (typeof image === "string") await checkFile(image);
    const { width, height } = await readHeader(await inputOf(image));
    return { width, height };
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error });
  }
}

async function checkFile(file: string): Promise<void> {
  const info = await stat(file).catch((error) => {
    const hint = error.code === "ENOENT" ? pathHint(file) : undefined;
    throw hint ? new Error(`${fsReason(error)}: ${hint}`, { cause: error }) : error;
  });
  if (info.isDirectory()) throw new Error("it is a folder");
  // A name may stand for a pipe or a device, which would never end.
  if (!info.isFile()) throw new Error("it is not a regular file");
  if (await isLfsPointer(file, info.size)) {
    throw new Error("it is a Git LFS pointer: run `git lfs pull` in its folder");
  }
}

/** What lists get wrong in the path of a file that is not there. */
function pathHint(file: string): string | undefined {
  if (sep === "/" && file.includes("\\")) return "write / in place of \\ in its path";
  return extname(file) === "" ? "its name needs the ending that the file has, such as .jpg" : undefined;
}

const inputOf = async (image: Encoded): Promise<Input> => (typeof image === "string" ? image : await readSlice(image));

/** Width and height that an image gets by those it has. */
type NewSize = (width: number, height: number) => readonly [number, number];

/** What an image measures once its short side is reduced to `shortSide` (never enlarged). */
export function reducedSize(width: number, height: number, shortSide: number | undefined): [number, number] {
  const factor = shortSide === undefined ? 1 : Math.min(1, shortSide / Math.min(width, height));
  return factor === 1 ? [width, height] : [Math.round(width * factor), Math.round(height * factor)];
}

/**
 * Decodes an image to 8-bit RGB, the same everywhere: the first frame or page, EXIF orientation applied, transparency dropped
 * (not blended: the colour beneath stays, as in Pillow's `convert("RGB")`), the high byte of 16-bit samples, colours by their
 * profile to sRGB, CMYK without one by its inks. `decode-steps.ts` says it to users of an exported encoder.
 * `shortSide` reduces larger images afterwards. (JPEG is decoded smaller at once: averages of blocks.)
 * @throws MaskconError "image" where it is missing, truncated, damaged or too large, with the file and its first byte there
 */
export const decodeImage = (image: Encoded, shortSide?: number): Promise<Pixels> =>
  decodeTo(image, (width, height) => reducedSize(width, height, shortSide));

/** The same with any smaller size. */
export async function decodeTo(image: Encoded, sizeOf: NewSize): Promise<Pixels> {
  try {
    return await decode(await inputOf(image), sizeOf);
  } catch (error) {
    fail("image", { where: placeOf(image), expected: "a readable image", found: reasonOf(error) }, error);
  }
}

async function decode(input: Input, sizeOf: NewSize): Promise<Pixels> {
  const header = await readHeader(input);
  const size = sizeOf(header.width, header.height);
  const isSmaller = size[0] < header.width || size[1] < header.height;
  if (header.format === "gif") return reduced(await decodeGif(input), size);
  if (header.space === "cmyk" && !(header.icc && isInkProfile(header.icc))) {
    return reduced(await decodeInks(input, header), size);
  }
  const sharp = await sharpOnce();
  const image = sharp(input, { ...inputOptions, ignoreIcc: !header.icc }).autoOrient();
  // Before the profile is applied: of 16-bit samples sharp would make Display P3, and leave them so.
  if (header.depth === "ushort" && header.space !== "cmyk") image.pipelineColourspace(sixteenTo(header));
  if (isSmaller && canShrink(header)) return toRgb(image.resize(...size, { fit: "fill" }));
  return reduced(await toRgb(image), size);
}

/**
 * Whether decoding and reducing may be one pass, which takes less memory, and less time where the loader can skip detail. Not
 * with transparency, by which colours would be multiplied first; nor turned, where the passes would change places: a turned
 * JPEG is worth it. The WebP decoder's own reduction is not an average of pixels: 3.6 levels away.
 */
const canShrink = ({ hasAlpha, isTurned, format }: Header): boolean =>
  !hasAlpha && format !== "webp" && (!isTurned || format === "jpeg");

/** A gray profile applies to gray alone; without one, gray keeps its high bytes exactly on the way over sRGB. */
const sixteenTo = ({ space, icc }: Header): string => (space === "grey16" && icc ? "b-w" : "srgb");

async function toRgb(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.toColourspace("srgb").removeAlpha().raw({ depth: "uchar" }).toBuffer({
    resolveWithObject: true,
  });
  if (info.channels !== 3) throw new Error(`${info.channels} channels`);
  return { width: info.width, height: info.height, data: plain(data) };
}

/** A plain array: Buffer's own `slice` would share memory. */
const plain = ({ buffer, byteOffset, length }: Buffer): Uint8Array => new Uint8Array(buffer, byteOffset, length);

async function decodeGif(input: Input): Promise<Pixels> {
  const sharp = await sharpOnce();
  const bytes =
    typeof input === "string" ? await readSlice({ from: input, offset: 0, length: (await stat(input)).size }) : input;
  const frame = withoutTransparency(bytes);
  const pixels = await toRgb(sharp(bytes, inputOptions));
  if (frame) paintAround(pixels.data, pixels.width, frame);
  return pixels;
}

/** CMYK without a profile that fits: libvips would take one of its own, which nobody else has. */
async function decodeInks(input: Input, { depth }: Header): Promise<Pixels> {
  const sharp = await sharpOnce();
  const wide = depth === "ushort";
  const { data, info } = await sharp(input, inputOptions)
    .autoOrient()
    .pipelineColourspace("cmyk")
    .toColourspace("cmyk")
    .raw({ depth: wide ? "ushort" : "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 4) throw new Error(`${info.channels} inks`);
  return { width: info.width, height: info.height, data: multiplyInks(plain(data), wide) };
}

/** Pixels made smaller; those that are not larger stay as they are. */
async function reduced({ data, width, height }: Pixels, size: readonly [number, number]): Promise<Pixels> {
  if (width <= size[0] && height <= size[1]) return { data, width, height };
  const sharp = await sharpOnce();
  return toRgb(sharp(data, { raw: { width, height, channels: 3 } }).resize(...size, { fit: "fill" }));
}
