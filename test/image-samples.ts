import sharp, { type Sharp } from "sharp";
import { encodeGif, encodePng, encodeTiff, profileChunk } from "./image-encoders.ts";

/** An image file of one kind. */
export interface ImageSample {
  readonly kind: string;
  /** With the ending of its format. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** What it decodes to, RGB, where its format keeps every bit. */
  readonly rgb?: Uint8Array;
  /** Loaders may decode it smaller at once. */
  readonly shrinks?: boolean;
}

/** The background, which is transparent where a kind has transparency, and the colours of the square in the middle. */
const palette = [
  [250, 240, 230],
  [20, 60, 200],
  [180, 30, 40],
  [30, 140, 70],
  [5, 5, 25],
] as const;
const grays = [250, 60, 30, 140, 5];

/** A square of four colours amid a background: an index into the palette for each pixel. */
function drawing(width: number, height: number): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const x = (i % width) / width;
    const y = Math.floor(i / width) / height;
    const isInside = x >= 0.25 && x < 0.75 && y >= 0.25 && y < 0.75;
    return isInside ? 1 + (x < 0.5 ? 0 : 1) + (y < 0.5 ? 0 : 2) : 0;
  });
}

/** The same drawing as files of every kind that is read; where a kind can be transparent, the background is, its colour hidden. */
export async function imageSamples(width: number, height: number): Promise<ImageSample[]> {
  const indices = drawing(width, height);
  const each = (of: (index: number) => readonly number[]) => Uint8Array.from([...indices].flatMap(of));
  const rgb = each((i) => palette[i]!);
  const gray = each((i) => [grays[i]!, grays[i]!, grays[i]!]);
  const canvas: Canvas = { width, height, indices, each, rgb, gray };
  return [...pngs(canvas), ...gifs(canvas), ...tiffs(canvas), ...(await others(canvas))];
}

interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly indices: Uint8Array;
  /** The samples of every pixel, by its index. */
  each(of: (index: number) => readonly number[]): Uint8Array;
  readonly rgb: Uint8Array;
  readonly gray: Uint8Array;
}

const alphaOf = (index: number) => (index === 0 ? 0 : 255);
/** The high byte counts; a low one that rounding would carry over. */
const wideBig = (values: readonly number[]) => values.flatMap((value) => [value, 0xf0]);
const wideLittle = (values: readonly number[]) => values.flatMap((value) => [0xf0, value]);

function pngs({ height, width, each, indices, rgb, gray }: Canvas): ImageSample[] {
  const rowsOf = (bytes: Uint8Array) => {
    const stride = bytes.length / height;
    return Array.from({ length: height }, (_, y) => bytes.subarray(y * stride, (y + 1) * stride));
  };
  const png = (colorType: number, bytes: Uint8Array, bitDepth = 8, chunks: [string, Uint8Array][] = []) =>
    encodePng({ width, colorType, bitDepth, rows: rowsOf(bytes), chunks });
  const colours: [string, Uint8Array][] = [
    ["PLTE", Uint8Array.from(palette.flat())],
    ["tRNS", Uint8Array.of(0)],
  ];
  const key: [string, Uint8Array] = ["tRNS", Uint8Array.from(palette[0].flatMap((value) => [0, value]))];
  return [
    { kind: "RGB PNG", file: "rgb.png", bytes: png(2, rgb), rgb },
    {
      kind: "RGBA PNG",
      file: "rgba.png",
      bytes: png(
        6,
        each((i) => [...palette[i]!, alphaOf(i)]),
      ),
      rgb,
    },
    {
      kind: "gray PNG",
      file: "gray.png",
      bytes: png(
        0,
        each((i) => [grays[i]!]),
      ),
      rgb: gray,
    },
    {
      kind: "gray PNG with alpha",
      file: "gray-alpha.png",
      bytes: png(
        4,
        each((i) => [grays[i]!, alphaOf(i)]),
      ),
      rgb: gray,
    },
    { kind: "palette PNG with tRNS", file: "palette.png", bytes: png(3, indices, 8, colours), rgb },
    { kind: "PNG with a colour that is transparent", file: "key.png", bytes: png(2, rgb, 8, [key]), rgb },
    {
      kind: "16-bit RGB PNG",
      file: "rgb-16.png",
      bytes: png(
        2,
        each((i) => wideBig(palette[i]!)),
        16,
      ),
      rgb,
    },
    {
      kind: "16-bit RGBA PNG",
      file: "rgba-16.png",
      bytes: png(
        6,
        each((i) => wideBig([...palette[i]!, alphaOf(i)])),
        16,
      ),
      rgb,
    },
    {
      kind: "16-bit gray PNG",
      file: "gray-16.png",
      bytes: png(
        0,
        each((i) => wideBig([grays[i]!])),
        16,
      ),
      rgb: gray,
    },
  ];
}

function gifs({ width, height, indices, rgb }: Canvas): ImageSample[] {
  const whole = { width, height, pixels: indices };
  const blank = { width, height, pixels: indices.map(() => 3) };
  // The square alone: what lies around it is left to the reader.
  const [left, top] = [Math.ceil(width / 4), Math.ceil(height / 4)];
  const inside = { left, top, width: Math.ceil(0.75 * width) - left, height: Math.ceil(0.75 * height) - top };
  const pixels = indices.filter((_, i) => {
    const [x, y] = [(i % width) - left, Math.floor(i / width) - top];
    return x >= 0 && x < inside.width && y >= 0 && y < inside.height;
  });
  const gif = (...frames: Parameters<typeof encodeGif>[0]["frames"]) => encodeGif({ width, height, palette, frames });
  const transparent = 0;
  return [
    { kind: "GIF with transparency", file: "clear.gif", bytes: gif({ ...whole, transparent }), rgb },
    { kind: "opaque GIF", file: "opaque.gif", bytes: gif(whole), rgb },
    { kind: "animated GIF", file: "moves.gif", bytes: gif({ ...whole, transparent }, { ...blank, transparent }), rgb },
    { kind: "GIF whose frame is smaller", file: "part.gif", bytes: gif({ ...inside, pixels, transparent }), rgb },
    { kind: "GIF whose opaque frame is smaller", file: "part-opaque.gif", bytes: gif({ ...inside, pixels }), rgb },
  ];
}

function tiffs({ width, height, each, rgb, gray }: Canvas): ImageSample[] {
  const size = { width, height };
  const deep = (channel: number) => each((i) => wideLittle([palette[i]![channel]!]));
  const clear = each((i) => [...palette[i]!, alphaOf(i)]);
  const inks = each((i) => [...palette[i]!.map((value) => 255 - value), 0]);
  const grayBig = each((i) => wideBig([grays[i]!]));
  const rgb3 = { ...size, count: 3, photometric: 2 };
  return [
    { kind: "RGB TIFF", file: "rgb.tif", bytes: encodeTiff({ ...rgb3, bits: 8, strips: [rgb] }), rgb },
    { kind: "BigTIFF", file: "big.tif", bytes: encodeTiff({ ...rgb3, bits: 8, strips: [rgb], big: true }), rgb },
    {
      kind: "RGBA TIFF",
      file: "rgba.tif",
      bytes: encodeTiff({ ...rgb3, count: 4, bits: 8, extra: [2], strips: [clear] }),
      rgb,
    },
    {
      kind: "16-bit TIFF in planes",
      file: "planes.tif",
      bytes: encodeTiff({ ...rgb3, bits: 16, strips: [deep(0), deep(1), deep(2)] }),
      rgb,
    },
    {
      kind: "16-bit gray TIFF",
      file: "gray-16.tif",
      bytes: encodeTiff({ ...size, bits: 16, bigEndian: true, strips: [grayBig] }),
      rgb: gray,
    },
    {
      kind: "CMYK TIFF",
      file: "cmyk.tif",
      bytes: encodeTiff({ ...size, count: 4, photometric: 5, bits: 8, strips: [inks] }),
      rgb,
    },
  ];
}

async function others({ width, height, each, rgb }: Canvas): Promise<ImageSample[]> {
  const opaque = () => sharp(rgb, { raw: { width, height, channels: 3 } });
  const clear = () => {
    const rgba = each((i) => [...palette[i]!, alphaOf(i)]);
    return sharp(rgba, { raw: { width, height, channels: 4 } });
  };
  // Turned a quarter anticlockwise, and said to be so.
  const turned = () => opaque().rotate(270).withMetadata({ orientation: 6 });
  const lossless: [kind: string, file: string, image: Sharp][] = [
    ["WebP with alpha", "clear.webp", clear().webp({ lossless: true, exact: true })],
    ["AVIF with alpha", "clear.avif", clear().avif({ lossless: true })],
    ["interlaced PNG", "interlaced.png", opaque().png({ progressive: true })],
    ["turned PNG", "turned.png", turned().png()],
    ["turned WebP", "turned.webp", turned().webp({ lossless: true })],
    ["turned TIFF", "turned.tif", turned().tiff({ compression: "none" })],
  ];
  const lossy: [kind: string, file: string, image: Sharp][] = [
    ["RGB JPEG", "rgb.jpg", opaque().jpeg({ quality: 95 })],
    ["progressive JPEG", "progressive.jpg", opaque().jpeg({ progressive: true })],
    ["turned JPEG", "turned.jpg", turned().jpeg({ quality: 95 })],
    ["gray JPEG", "gray.jpg", opaque().toColourspace("b-w").jpeg()],
    ["WebP", "rgb.webp", opaque().webp()],
  ];
  const convertedAtOnce: [kind: string, file: string, image: Sharp][] = [
    ["CMYK JPEG with its profile", "cmyk-icc.jpg", opaque().toColourspace("cmyk").withIccProfile("cmyk").jpeg()],
    ["Display P3 JPEG", "p3.jpg", opaque().withIccProfile("p3").jpeg({ quality: 95 })],
  ];
  const converted: [kind: string, file: string, image: Sharp][] = [
    ["CMYK JPEG", "cmyk.jpg", opaque().toColourspace("cmyk").jpeg({ quality: 95 })],
    ["Display P3 PNG", "p3.png", opaque().withIccProfile("p3").png()],
  ];
  const all = async (list: typeof lossy, more: Partial<ImageSample> = {}) =>
    Promise.all(list.map(async ([kind, file, image]) => ({ kind, file, bytes: await image.toBuffer(), ...more })));
  return [
    ...(await all(lossless, { rgb })),
    ...(await all([...lossy, ...convertedAtOnce], { shrinks: true })),
    ...(await all(converted)),
    ...(await deepWithProfile(width, height, rgb)),
  ];
}

/** 16-bit PNGs with a profile: sRGB's leaves the colours as they are. */
async function deepWithProfile(width: number, height: number, rgb: Uint8Array): Promise<ImageSample[]> {
  const stride = 3 * width;
  const rows = Array.from({ length: height }, (_, y) =>
    Uint8Array.from(wideBig([...rgb.subarray(y * stride, (y + 1) * stride)])),
  );
  const png = async (name: string) =>
    encodePng({ width, colorType: 2, bitDepth: 16, rows, chunks: [profileChunk(await profile(name))] });
  return [
    { kind: "16-bit PNG with the profile of sRGB", file: "srgb-16.png", bytes: await png("srgb") },
    { kind: "16-bit Display P3 PNG", file: "p3-16.png", bytes: await png("p3") },
  ];
}

/** One of the decoder's own profiles: "srgb", "p3", "cmyk". */
export async function profile(name: string): Promise<Buffer> {
  const pixel = sharp({ create: { width: 1, height: 1, channels: 3, background: "red" } });
  const image = name === "cmyk" ? pixel.toColourspace("cmyk").jpeg() : pixel.png();
  const { icc } = await sharp(await image.withIccProfile(name).toBuffer()).metadata();
  return icc!;
}
