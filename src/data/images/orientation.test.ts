import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import { put } from "../../../test/data-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { decodeImage, readSize } from "./decode.ts";

/** Blocks of 8 pixels a side, three in a row and two in a column, as they are stored. */
const stored = [
  [20, 60, 100],
  [140, 180, 220],
];

/** As they are to be seen, by orientation (EXIF 2.3, tag 274): the place of the stored block that is seen at column x, row y. */
const places: Record<number, (x: number, y: number) => readonly [x: number, y: number]> = {
  1: (x, y) => [x, y],
  2: (x, y) => [2 - x, y],
  3: (x, y) => [2 - x, 1 - y],
  4: (x, y) => [x, 1 - y],
  5: (x, y) => [y, x],
  6: (x, y) => [y, 1 - x],
  7: (x, y) => [2 - y, 1 - x],
  8: (x, y) => [2 - y, x],
};

const formats: [ending: string, write: (image: Sharp) => Sharp][] = [
  ["jpg", (image) => image.jpeg({ quality: 100 })],
  ["png", (image) => image.png()],
  ["webp", (image) => image.webp({ lossless: true })],
  ["tif", (image) => image.tiff({ compression: "none" })],
];

describe.each(formats)("EXIF orientation of .%s", (ending, write) => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("%i", async (orientation) => {
    const pixels = Uint8Array.from({ length: 24 * 16 * 3 }, (_, i) => {
      const pixel = Math.floor(i / 3);
      return stored[Math.floor(pixel / 24 / 8)]![Math.floor((pixel % 24) / 8)]!;
    });
    const image = write(sharp(pixels, { raw: { width: 24, height: 16, channels: 3 } })).withMetadata({ orientation });
    const file = put(temporaryFolder(), `x.${ending}`, await image.toBuffer());
    const [columns, rows] = orientation < 5 ? [3, 2] : [2, 3];
    expect(await readSize(file)).toEqual({ width: 8 * columns, height: 8 * rows });
    const { width, height, data } = await decodeImage(file);
    expect([width, height]).toEqual([8 * columns, 8 * rows]);
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const [fromX, fromY] = places[orientation]!(x, y);
        const seen = data[3 * ((8 * y + 4) * width + 8 * x + 4)]!;
        expect([x, y, Math.abs(seen - stored[fromY]![fromX]!) < 4]).toEqual([x, y, true]);
      }
    }
  });
});
