import { extname } from "node:path";

/** Read by the decoder. */
const readable = new Set([
  ...[".jpg", ".jpeg", ".jpe", ".jfif", ".pjpeg", ".pjp"],
  ...[".png", ".apng", ".webp", ".gif", ".tif", ".tiff", ".avif"],
]);
/** Pictures that it does not read: named as bad, where other files are passed over. */
const pictures = new Set([
  ...[".bmp", ".dib", ".heic", ".heif", ".hif", ".avifs", ".jxl", ".jp2", ".j2k", ".jxr", ".psd", ".svg"],
  ...[".ppm", ".pgm", ".pbm", ".pnm", ".tga", ".ico", ".pcx", ".qoi"],
]);

export const READABLE_FORMATS = "JPEG, PNG, WebP, GIF, TIFF or AVIF";

/** Whether the decoder reads images of this name. */
export const isImageName = (name: string): boolean => readable.has(extname(name).toLowerCase());

/** Whether this is a picture that the decoder does not read. */
export const isPictureName = (name: string): boolean => pictures.has(extname(name).toLowerCase());
