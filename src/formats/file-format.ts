import { hasControls } from "./control-characters.ts";

/** The formats that are known by their first bytes, with what a file of each is called. */
const formats = {
  pointer: "a Git LFS pointer",
  gguf: "a GGUF file",
  parquet: "a Parquet file",
  png: "a PNG picture",
  jpeg: "a JPEG picture",
  gif: "a GIF picture",
  webp: "a WebP picture",
  tiff: "a TIFF picture",
  avif: "an AVIF or HEIC picture",
  bmp: "a BMP picture",
  npy: "an .npy file of NumPy",
  npz: "an .npz file of NumPy",
  tar: "a tar archive",
  zip: "a zip archive",
  gzip: "a gzip file",
  archive: "a compressed archive",
  workbook: "a workbook of a spreadsheet program",
  pdf: "a PDF file",
  keras: "a file of Keras",
  pytorch: "a PyTorch checkpoint",
  pickle: "a pickle, as PyTorch wrote its checkpoints before 1.6",
  onnx: "an ONNX model",
  matlab: "a MATLAB file",
  page: "a web page",
  json: "a JSON file",
  text: "a text file",
} as const;

export type FormatName = keyof typeof formats;

export interface FileFormat {
  readonly name: FormatName;
  /** With its article, for messages. */
  readonly what: string;
}

/** Bytes from a file's start that tell the formats apart. */
export const SIGNATURE_BYTES = 512;

/** Formats by how they start, as text of one byte a character. */
const texts: readonly (readonly [start: RegExp, name: FormatName])[] = [
  [/^version https:\/\/git-lfs/, "pointer"],
  [/^GGUF/, "gguf"],
  [/^PAR1/, "parquet"],
  [/^\u0089PNG/, "png"],
  [/^\u00ff\u00d8\u00ff/, "jpeg"],
  [/^GIF8/, "gif"],
  [/^RIFF.{4}WEBP/s, "webp"],
  [/^(II\*\0|MM\0\*|II\+\0|MM\0\+)/, "tiff"],
  [/^.{4}ftyp/s, "avif"],
  [/^BM.{4}\0{4}/s, "bmp"],
  [/^\u0093NUMPY/, "npy"],
  [/^(\u00fd7zXZ|BZh\d|7z\u00bc\u00af|Rar!|\u0028\u00b5\u002f\u00fd)/, "archive"],
  [/^\u00d0\u00cf.\u00e0/, "workbook"],
  [/^%PDF-/, "pdf"],
  [/^MATLAB 5\.0 MAT-file/, "matlab"],
  [/^.{257}ustar/s, "tar"],
  [/^\s*<(!doctype|html|\?xml|svg)/i, "page"],
  [/^\s*\{/, "json"],
  [/^[\t\n\r -~\u0080-\u00ff]{9}/, "text"],
];

/** A zip's first member has its name behind 30 bytes of header, the length of the name in two of them. */
const firstMember = (zip: Uint8Array): string =>
  String.fromCharCode(...zip.subarray(30, 30 + (zip[26] ?? 0) + 256 * (zip[27] ?? 0)));

function zipFormat(zip: Uint8Array): FormatName {
  const member = firstMember(zip);
  if (/(data\.pkl|version|\.format_version|constants\.pkl)$/.test(member)) return "pytorch";
  if (member.endsWith(".npy")) return "npz";
  if (/^(\[Content_Types\]\.xml|_rels\/|xl\/|mimetype$)/.test(member)) return "workbook";
  if (/^(metadata|config)\.json$|^model\.weights\.h5$/.test(member)) return "keras";
  return "zip";
}

const startsWith = (start: Uint8Array, sign: readonly number[]) => sign.every((byte, i) => start[i] === byte);
/** Versions 2 to 5 of pickle's protocol. */
const isPickle = (start: Uint8Array) => start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5;
/** The fields that stand first in a ModelProto: `ir_version`, then the producer, an opset or the graph. */
const isOnnx = (start: Uint8Array) => start[0] === 0x08 && start[1]! <= 32 && [0x12, 0x3a, 0x42].includes(start[2]!);

function nameOf(start: Uint8Array): FormatName | undefined {
  if (startsWith(start, [0x50, 0x4b, 3, 4]) || startsWith(start, [0x50, 0x4b, 5, 6])) return zipFormat(start);
  if (startsWith(start, [0x1f, 0x8b])) return "gzip";
  if (startsWith(start, [0x89, 0x48, 0x44, 0x46])) return "keras";
  if (isPickle(start)) return "pickle";
  if (isOnnx(start)) return "onnx";
  const text = String.fromCharCode(...start);
  return texts.find(([sign]) => sign.test(text))?.[1];
}

/** Recognises a file by its first bytes (`SIGNATURE_BYTES` of them); undefined where they say nothing. */
export function fileFormat(file: Uint8Array): FileFormat | undefined {
  const name = nameOf(file.subarray(0, SIGNATURE_BYTES));
  return name && { name, what: formats[name] };
}

/** The one control character that text has: it begins another encoding, or a colour. */
const ESCAPE = "\u001b";
/** UTF-16 has a mark, or every second byte of its letters is 0. */
const UTF16 = /^(\u00ff\u00fe|\u00fe\u00ff|([^\0]\0){4}|(\0[^\0]){4})/;

/** What bytes in place of text are, and the byte that shows it; undefined where they may be text, of any encoding. */
export function binaryFormat(bytes: Uint8Array): { readonly what: string; readonly at: number } | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, SIGNATURE_BYTES));
  if (UTF16.test(start)) return undefined;
  const format = fileFormat(bytes);
  const known = format && !["text", "json", "page", "pointer"].includes(format.name);
  if (known && (format.name === "pdf" || hasControls(start, ESCAPE))) return { what: format.what, at: 0 };
  const at = start.indexOf("\0");
  return at < 0 ? undefined : { what: "bytes that are no text", at };
}

/** Whether bytes are text in UTF-16. */
export const isUtf16 = (bytes: Uint8Array): boolean => UTF16.test(String.fromCharCode(...bytes.subarray(0, 16)));
