import { type ByteRanges, withRanges } from "../../formats/index.ts";
import { READABLE_FORMATS } from "./image-names.ts";

/** How files of other kinds begin, as text of one byte a character; after four bytes of length where a video's parts do. */
const signs: readonly (readonly [kind: string, ...starts: (string | RegExp)[]])[] = [
  ["a BMP picture", /^BM[\s\S]{4}\0{4}/],
  ["HEIC", /^[\s\S]{4}ftyp(?:hei|hev|mif1|msf1)/],
  ["an animated AVIF", /^[\s\S]{4}ftypavis/],
  ["a video", /^[\s\S]{4}ftyp/, "\x1aE\xdf\xa3", /^RIFF[\s\S]{4}AVI /],
  ["JPEG XL", "\xff\x0a", "\0\0\0\x0cJXL "],
  ["JPEG 2000", "\0\0\0\x0cjP  ", "\xffO\xffQ"],
  ["a Photoshop document", "8BPS"],
  ["an icon", "\0\0\x01\0"],
  ["a PCX picture", "\n\x05\x01"],
  ["a PNM picture", /^P[1-7]\s/],
  ["a QOI picture", "qoif"],
  ["PostScript", "%!PS", "\xc5\xd0\xd3\xc6"],
  ["PDF", "%PDF-"],
  ["a zip archive", "PK\x03\x04"],
  ["a gzip archive", "\x1f\x8b"],
  ["a NumPy array", "\x93NUMPY"],
  ["a web page", /^\s*<(?:!doctype html|html|head|body)/i],
];

const FIRST_BYTES = 512;

/** Why the decoder knows nothing of an input, by what it begins with. */
export async function unknownContent(input: string | Buffer): Promise<string> {
  const bytes = typeof input === "string" ? await withRanges(input, firstOf) : input.subarray(0, FIRST_BYTES);
  const text = Buffer.from(bytes).toString("latin1");
  if (text === "") return "it is empty: 0 bytes";
  if (/^\0+$/.test(text)) return "it begins with zeros: copy or download it again";
  if (/^(?:II|MM\0)[*+]/.test(text)) return "its content is a TIFF that is cut or damaged";
  const isAt = (start: string | RegExp) => (typeof start === "string" ? text.startsWith(start) : start.test(text));
  const kind = signs.find(([, ...starts]) => starts.some(isAt))?.[0] ?? (isText(text) ? "text" : "of no known kind");
  return `its content is ${kind}: make it ${READABLE_FORMATS}`;
}

const firstOf = ({ size, read }: ByteRanges) => read(0, Math.min(size, FIRST_BYTES));

const isText = (text: string): boolean => /^[\t\n\f\r\x20-\x7e\x80-\xff]+$/.test(text);
