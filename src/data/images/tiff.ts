import { type ByteRanges, withRanges } from "../../formats/index.ts";

/** What the first page of a TIFF says of its samples; names and numbers are TIFF 6.0's. */
interface Samples {
  /** Of each sample of a pixel. */
  readonly bits: readonly number[];
  /** 1 unsigned, 2 signed, 3 floating point, 4 undefined, 5 and 6 complex. */
  readonly format: number;
  readonly photometric: number;
  readonly count: number;
  /** Of each sample beyond the colour: 0 unspecified, 1 and 2 transparency. */
  readonly extra: readonly number[];
  readonly compression: number;
  /** Tiles in place of strips. */
  readonly isTiled: boolean;
  /** Each sample of a pixel by itself. */
  readonly isPlanar: boolean;
}

/**
 * Why a TIFF is not a picture of one meaning: what is found, and what to do; undefined where it is one, and where the file
 * is no TIFF or ends too early, which the decoder says better.
 */
export async function tiffProblem(input: string | Buffer): Promise<string | undefined> {
  const samples = await (typeof input === "string" ? withRanges(input, samplesOf) : samplesOf(rangesOf(input))).catch(
    () => undefined,
  );
  if (!samples) return undefined;
  const found = strangeness(samples);
  if (found) return `${found}: save it as RGB or grayscale with 8 or 16 bits a sample`;
  const packing = packingProblem(samples);
  return packing && `${packing}: save it without compression, or with LZW or Deflate, in strips`;
}

const rangesOf = (bytes: Buffer): ByteRanges => ({
  file: "",
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
});

const formatNames: Readonly<Record<number, string>> = { 2: "int", 3: "float", 5: "complex int", 6: "complex" };

/** Colours of a pixel by photometric interpretation: gray (0 is white, or black), RGB, palette, CMYK, YCbCr. */
const colours: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3 };
const RGB = 2;
const CMYK = 5;

const otherColours: Readonly<Record<number, string>> = {
  4: "a transparency mask",
  8: "CIE Lab colours",
  9: "CIE Lab colours",
  10: "CIE Lab colours",
  32803: "a camera's raw samples",
  34892: "a camera's raw samples",
};

function strangeness({ bits, format, photometric, count, extra }: Samples): string | undefined {
  const width = bits[0] ?? 1;
  if (bits.some((other) => other !== width)) return `samples of ${bits.join(", ")} bits`;
  const kind = `${formatNames[format] ?? "uint"}${width} samples`;
  if (formatNames[format]) return kind;
  const colour = colours[photometric];
  if (!colour) return otherColours[photometric] ?? `colours of kind ${photometric} (PhotometricInterpretation)`;
  const beside = count - colour;
  // Gray with an unnamed second band, as microscopes write it, is as likely two pictures as one with transparency.
  const isAlpha = beside === 1 && photometric !== CMYK && (photometric === RGB || extra[0] === 1 || extra[0] === 2);
  if (beside !== 0 && !isAlpha) return `${count} ${count === 1 ? "band" : "bands"}`;
  const isRead = width === 8 || width === 16 || (count === 1 && (width === 1 || width === 2 || width === 4));
  return isRead ? undefined : kind;
}

/** Compressions that the decoder reads: none, CCITT's, LZW, JPEG, Deflate, PackBits, WebP. */
const readCompressions: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946, 50001];

const otherCompressions: Readonly<Record<number, string>> = {
  33003: "JPEG 2000",
  33005: "JPEG 2000",
  34712: "JPEG 2000",
  34887: "LERC",
  34925: "LZMA",
  34933: "PNG",
  50000: "Zstandard",
  50002: "JPEG XL",
  52546: "JPEG XL",
};

/** What the decoder finds out only where it reads the pixels. */
function packingProblem({ compression, isTiled, isPlanar, count }: Samples): string | undefined {
  if (!readCompressions.includes(compression)) {
    return `compression by ${otherCompressions[compression] ?? `method ${compression}`}`;
  }
  return isTiled && isPlanar && count > 1 ? "tiles of one sample each" : undefined;
}

/** Directories have some twenty entries; more than this is no picture's. */
const MAX_ENTRIES = 1024;
/** Samples of a pixel that are looked at: more than any picture has. */
const MAX_VALUES = 6;

const tagNumbers = {
  bits: 258,
  compression: 259,
  photometric: 262,
  count: 277,
  planes: 284,
  tileWidth: 322,
  extra: 338,
  format: 339,
} as const;
const wanted: readonly number[] = Object.values(tagNumbers);

async function samplesOf(ranges: ByteRanges): Promise<Samples | undefined> {
  const head = await viewOf(ranges, 0, 16);
  const mark = head.getUint16(0);
  const little = mark === 0x4949;
  const version = head.getUint16(2, little);
  if ((!little && mark !== 0x4d4d) || (version !== 42 && version !== 43)) return undefined;
  const layout: Layout = { ranges, little, big: version === 43 };
  const tags = await tagsAt(offsetAt(head, layout.big ? 8 : 4, layout), layout);
  return {
    bits: tags.get(tagNumbers.bits) ?? [1],
    format: tags.get(tagNumbers.format)?.[0] ?? 1,
    photometric: tags.get(tagNumbers.photometric)?.[0] ?? 1,
    count: tags.get(tagNumbers.count)?.[0] ?? 1,
    extra: tags.get(tagNumbers.extra) ?? [],
    compression: tags.get(tagNumbers.compression)?.[0] ?? 1,
    isTiled: tags.has(tagNumbers.tileWidth),
    isPlanar: tags.get(tagNumbers.planes)?.[0] === 2,
  };
}

interface Layout {
  readonly ranges: ByteRanges;
  readonly little: boolean;
  /** BigTIFF: offsets and counts of 8 bytes. */
  readonly big: boolean;
}

async function tagsAt(at: number, layout: Layout): Promise<Map<number, number[]>> {
  const { ranges, little, big } = layout;
  const [countSize, entrySize] = big ? [8, 20] : [2, 12];
  const head = await viewOf(ranges, at, countSize);
  const count = Math.min(big ? offsetAt(head, 0, layout) : head.getUint16(0, little), MAX_ENTRIES);
  const entries = await viewOf(ranges, at + countSize, count * entrySize);
  const tags = new Map<number, number[]>();
  for (let entry = 0; entry < count * entrySize; entry += entrySize) {
    const tag = entries.getUint16(entry, little);
    if (wanted.includes(tag)) tags.set(tag, await valuesOf(entries, entry, layout));
  }
  return tags;
}

/** The numbers of a tag, which the writer has made short or long. */
async function valuesOf(entries: DataView, entry: number, layout: Layout): Promise<number[]> {
  const { ranges, little, big } = layout;
  const size = entries.getUint16(entry + 2, little) === 3 ? 2 : 4;
  const count = offsetAt(entries, entry + 4, layout);
  const [at, room] = big ? [entry + 12, 8] : [entry + 8, 4];
  const length = Math.min(count, MAX_VALUES);
  const inside = size * count <= room;
  const values = inside ? entries : await viewOf(ranges, offsetAt(entries, at, layout), size * length);
  const first = inside ? at : 0;
  return Array.from({ length }, (_, i) =>
    size === 2 ? values.getUint16(first + 2 * i, little) : values.getUint32(first + 4 * i, little),
  );
}

const offsetAt = (view: DataView, at: number, { little, big }: Layout): number =>
  big ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little);

async function viewOf(ranges: ByteRanges, offset: number, length: number): Promise<DataView> {
  const bytes = await ranges.read(offset, Math.min(length, Math.max(0, ranges.size - offset)));
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
