import type { Metadata } from "sharp";
import { unknownContent } from "./content-kind.ts";
import { READABLE_FORMATS } from "./image-names.ts";
import { inputOptions, MAX_PIXELS, sharpOnce } from "./libvips.ts";
import { tiffProblem } from "./tiff.ts";

/** What the decoder takes: a file or its content. */
export type Input = string | Buffer;

/** What is read, as the decoder calls it; it knows others (SVG, PPM) that are not meant to be pictures here. */
const formats: readonly string[] = ["jpeg", "png", "webp", "gif", "tiff", "heif"];

export interface Header {
  readonly format: string;
  /** After the EXIF orientation is applied. */
  readonly width: number;
  readonly height: number;
  readonly isTurned: boolean;
  /** libvips's names: "srgb", "b-w", "rgb16", "grey16", "cmyk"; "uchar", "ushort". */
  readonly space: string;
  readonly depth: string;
  readonly hasAlpha: boolean;
  /** The colour profile, if it is one for colours of this kind. */
  readonly icc: Buffer | undefined;
}

/** Reads what an image says of itself. Throws a plain Error with the reason why it is not decoded. */
export async function readHeader(input: Input): Promise<Header> {
  const { autoOrient, orientation = 1, format, space, depth, hasAlpha, icc } = await metadataOf(input);
  if (!formats.includes(format)) throw new Error(`its content is ${format}: make it ${READABLE_FORMATS}`);
  const { width, height } = autoOrient;
  if (width * height > MAX_PIXELS) {
    throw new Error(`its header promises ${width} x ${height} pixels, and the limit is ${MAX_PIXELS} in all`);
  }
  return { format, width, height, isTurned: orientation !== 1, space, depth, hasAlpha, icc: fitting(icc, space) };
}

/** What profiles call the colours; libvips would take RGB for XYZ or Lab, and make white of it, where a profile says so. */
const profiledSpaces: Readonly<Record<string, string>> = { "b-w": "GRAY", grey16: "GRAY", cmyk: "CMYK" };

const fitting = (icc: Buffer | undefined, space: string): Buffer | undefined =>
  icc?.toString("latin1", 16, 20) === (profiledSpaces[space] ?? "RGB ") ? icc : undefined;

async function metadataOf(input: Input): Promise<Metadata> {
  const sharp = await sharpOnce();
  const read = sharp(input, { ...inputOptions, limitInputPixels: false }).metadata();
  const found = await read.catch((error: Error) => error);
  // libvips takes many more TIFFs than are pictures, and gives other reasons for those that it refuses.
  if (found instanceof Error || found.format === "tiff") {
    const problem = await tiffProblem(input);
    if (problem) throw new Error(problem);
  }
  if (found instanceof Error) {
    throw found.message.includes("unsupported image format") ? new Error(await unknownContent(input)) : found;
  }
  if (found.format === "heif" && found.compression !== "av1") throw new Error(await unknownContent(input));
  return found;
}
