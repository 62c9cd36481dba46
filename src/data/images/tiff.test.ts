import sharp from "sharp";
import { expect, it } from "vitest";
import { put } from "../../../test/data-samples.ts";
import { encodeTiff, type TiffOptions } from "../../../test/image-encoders.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { decodeImage, readSize } from "./decode.ts";
import { tiffProblem } from "./tiff.ts";

const bytesOf = (values: { readonly buffer: ArrayBufferLike }) => new Uint8Array(values.buffer);

type Odd = Omit<TiffOptions, "width" | "height" | "strips"> & { readonly pixels?: Uint8Array };

const tiff = ({ pixels, ...o }: Odd) =>
  encodeTiff({
    width: 4,
    height: 2,
    ...o,
    strips: [pixels ?? new Uint8Array(Math.ceil((8 * o.bits * (o.count ?? 1)) / 8)).fill(77)],
  });

const refused: [found: string, image: Odd][] = [
  ["float32 samples", { bits: 32, format: 3, pixels: bytesOf(Float32Array.of(0, 0.5, 1, 0, 0.5, 1, 0, 0.5)) }],
  ["float32 samples", { bits: 32, format: 3, count: 3, photometric: 2 }],
  ["float64 samples", { bits: 64, format: 3 }],
  ["float16 samples", { bits: 16, format: 3 }],
  ["int32 samples", { bits: 32, format: 2, pixels: bytesOf(Int32Array.of(0, 500, 70000, 1, 2, 3, 4, 5)) }],
  ["int16 samples", { bits: 16, format: 2 }],
  ["int8 samples", { bits: 8, format: 2 }],
  ["uint32 samples", { bits: 32 }],
  ["uint32 samples", { bits: 32, format: 4 }],
  ["uint64 samples", { bits: 64 }],
  ["uint24 samples", { bits: 24 }],
  ["uint12 samples", { bits: 12 }],
  ["complex64 samples", { bits: 64, format: 6 }],
  ["complex int32 samples", { bits: 32, format: 5 }],
  ["5 bands", { bits: 8, count: 5, photometric: 2, extra: [0, 0] }],
  ["5 bands", { bits: 8, count: 5, extra: [0, 0, 0, 0] }],
  ["5 bands", { bits: 8, count: 5, photometric: 5, extra: [2] }],
  ["3 bands", { bits: 8, count: 3 }],
  ["2 bands", { bits: 8, count: 2 }],
  ["2 bands", { bits: 8, count: 2, extra: [0] }],
  ["CIE Lab colours", { bits: 8, count: 3, photometric: 8 }],
  ["CIE Lab colours", { bits: 16, count: 3, photometric: 8 }],
  ["a camera's raw samples", { bits: 16, photometric: 32803 }],
  ["colours of kind 77 (PhotometricInterpretation)", { bits: 8, photometric: 77 }],
];

it.each(refused)("refuses %s, with what to do, in either order of bytes and as BigTIFF", async (found, image) => {
  for (const more of [{}, { bigEndian: true }, { big: true }, { big: true, bigEndian: true }]) {
    const bytes = tiff({ ...image, ...more });
    const file = put(temporaryFolder(), "x.tif", bytes);
    const reason = `${found}: save it as RGB or grayscale with 8 or 16 bits a sample`;
    await expect(readSize(file)).rejects.toThrow(reason);
    await expect(decodeImage(file)).rejects.toThrow(`${file}: expected a readable image, found ${reason}`);
    await expect(decodeImage({ from: file, offset: 0, length: bytes.length })).rejects.toThrow(reason);
  }
});

const packed: [found: string, image: Partial<TiffOptions>][] = [
  ["compression by Zstandard", { compression: 50000 }],
  ["compression by LZMA", { compression: 34925 }],
  ["compression by LERC", { compression: 34887 }],
  ["compression by JPEG 2000", { compression: 34712 }],
  ["compression by method 9", { compression: 9 }],
  [
    "tiles of one sample each",
    { tiled: true, count: 3, photometric: 2, strips: new Array(3).fill(new Uint8Array(256)) },
  ],
];

it.each(packed)("refuses %s when its header is read", async (found, image) => {
  const bytes = encodeTiff({ width: 16, height: 16, bits: 8, strips: [new Uint8Array(256)], ...image });
  const file = put(temporaryFolder(), "x.tif", bytes);
  const reason = `${found}: save it without compression, or with LZW or Deflate, in strips`;
  await expect(readSize(file)).rejects.toThrow(new Error(reason));
  await expect(decodeImage(file)).rejects.toThrow(`${file}: expected a readable image, found ${reason}`);
});

it("reads tiles of whole pixels", async () => {
  const strips = [new Uint8Array(768).fill(99)];
  const bytes = encodeTiff({ width: 16, height: 16, bits: 8, count: 3, photometric: 2, tiled: true, strips });
  const { data } = await decodeImage(put(temporaryFolder(), "x.tif", bytes));
  expect(data).toEqual(strips[0]);
});

const read: [kind: string, image: Odd, first: number[]][] = [
  ["8-bit gray", { bits: 8 }, [77, 77, 77]],
  ["8-bit gray of no declared format", { bits: 8, format: 4 }, [77, 77, 77]],
  ["8-bit gray with 0 for white", { bits: 8, photometric: 0 }, [178, 178, 178]],
  ["8-bit gray with alpha", { bits: 8, count: 2, extra: [2] }, [77, 77, 77]],
  ["16-bit gray", { bits: 16 }, [77, 77, 77]],
  ["16-bit gray with 0 for white", { bits: 16, photometric: 0 }, [178, 178, 178]],
  ["4-bit gray", { bits: 4, pixels: Uint8Array.of(0x3c, 0, 0, 0) }, [51, 51, 51, 204, 204, 204]],
  ["2-bit gray", { bits: 2, pixels: Uint8Array.of(0x1b, 0) }, [0, 0, 0, 85, 85, 85]],
  ["1-bit gray", { bits: 1, pixels: Uint8Array.of(0xac) }, [255, 255, 255, 0, 0, 0]],
  ["RGB with a fourth band of no declared kind", { bits: 8, count: 4, photometric: 2, extra: [0] }, [77, 77, 77]],
  ["16-bit RGB", { bits: 16, count: 3, photometric: 2 }, [77, 77, 77]],
  ["16-bit CMYK", { bits: 16, count: 4, photometric: 5 }, [124, 124, 124]],
  // A colour that was multiplied by its transparency is divided by it again.
  [
    "premultiplied RGBA",
    { bits: 8, count: 4, photometric: 2, extra: [1], pixels: rgba(100, 50, 25, 128) },
    [199, 99, 49],
  ],
];

function rgba(...pixel: number[]): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => pixel[i % 4]!);
}

it.each(read)("reads %s", async (_, image, first) => {
  for (const more of [{}, { big: true }]) {
    const { data } = await decodeImage(put(temporaryFolder(), "x.tif", tiff({ ...image, ...more })));
    expect([...data.subarray(0, first.length)]).toEqual(first);
  }
});

it("takes the first page of several", async () => {
  const pages = Uint8Array.from({ length: 4 * 8 * 3 }, (_, i) => (i < 48 ? 10 : 200));
  const image = sharp(pages, { raw: { width: 4, height: 8, channels: 3, pageHeight: 4 } }).tiff({
    compression: "none",
  });
  const bytes = await image.toBuffer();
  expect((await sharp(bytes).metadata()).pages).toBe(2);
  const { width, height, data } = await decodeImage(put(temporaryFolder(), "x.tif", bytes));
  expect([width, height, Math.max(...data)]).toEqual([4, 4, 10]);
});

it("says nothing of what is no TIFF or is cut", async () => {
  const whole = tiff({ bits: 32, format: 3, count: 3, photometric: 2, big: true });
  const first = (await tiffProblem(whole)) as string;
  expect(first).toContain("float32");
  for (let length = 0; length < whole.length; length++) {
    expect([undefined, first]).toContain(await tiffProblem(whole.subarray(0, length)));
  }
  expect(await tiffProblem(Buffer.from("II*\0\xff\xff\xff\xff", "latin1"))).toBeUndefined();
  expect(await tiffProblem(Buffer.from("no picture at all"))).toBeUndefined();
});
