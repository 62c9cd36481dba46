import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import { png, put } from "../../test/data-samples.ts";
import { messageOfRefusal, survivesDamage } from "../../test/refusals.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { random } from "../core/index.ts";
import { decodeImage, readSize } from "./images/decode.ts";
import { MAX_PIXELS } from "./images/libvips.ts";
import { readImage } from "./loader/read-image.ts";
import { openData } from "./open.ts";

const [width, height] = [40, 24];

/** Noise, which packs badly: damage meets pixels, not headers alone. */
function noise(): Sharp {
  const rng = random(1);
  const data = Uint8Array.from({ length: width * height * 3 }, () => rng.integer(256));
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Leaves some pixels transparent. */
const hole = {
  input: { create: { width: 9, height: 9, channels: 4, background: "black" } },
  blend: "dest-out",
  left: 3,
  top: 3,
} as const;

const formats: [kind: string, ending: string, image: () => Sharp][] = [
  ["JPEG", "jpg", () => noise().jpeg()],
  ["progressive JPEG", "jpeg", () => noise().jpeg({ progressive: true }).withMetadata({ orientation: 6 })],
  ["PNG", "png", () => noise().png()],
  ["PNG with a palette", "png", () => noise().png({ palette: true })],
  ["WebP", "webp", () => noise().webp()],
  ["lossless WebP", "webp", () => noise().webp({ lossless: true })],
  ["GIF", "gif", () => noise().gif()],
  ["plain TIFF", "tif", () => noise().tiff({ compression: "none" })],
  ["tiled TIFF", "tiff", () => noise().tiff({ compression: "lzw", tile: true, tileWidth: 16, tileHeight: 16 })],
  ["AVIF", "avif", () => noise().avif()],
  ["PNG with alpha", "png", () => noise().ensureAlpha(0.5).png()],
  ["GIF with transparency", "gif", () => noise().composite([hole]).gif()],
  ["CMYK JPEG", "jpg", () => noise().toColourspace("cmyk").jpeg()],
  ["16-bit TIFF", "tif", () => noise().toColourspace("rgb16").tiff({ compression: "lzw" })],
];

describe("damaged images", () => {
  it.each(formats)(
    "%s: are decoded to the size that their header says, or refused by name",
    async (_, ending, image) => {
      const folder = temporaryFolder();
      const whole = await image().toBuffer();
      const file = put(folder, `x.${ending}`, whole);
      const read = async (bytes: Uint8Array) => {
        put(folder, `x.${ending}`, bytes);
        const slice = { from: file, offset: 0, length: bytes.length };
        const { data, ...size } = await decodeImage(slice).catch((error: Error) => {
          expect(error.message).not.toMatch(/[\r\n]/);
          throw error;
        });
        expect(data).toHaveLength(size.width * size.height * 3);
        expect(data.length).toBeLessThanOrEqual(3 * MAX_PIXELS);
        expect(await readSize(slice)).toEqual(size);
        return size;
      };
      expect(Object.values(await read(whole)).sort((a, b) => b - a)).toEqual([width, height]);
      await survivesDamage(whole, file, read, { runs: 80, memory: 2 ** 29 });
    },
  );

  it.each(formats)("%s: are named where their folder is opened, wherever they are cut", async (_, ending, image) => {
    const folder = temporaryFolder();
    put(folder, "cat/1.png", await png(1));
    const whole = await image().toBuffer();
    for (const share of [0, 0.01, 0.1, 0.5, 0.9]) {
      put(folder, `dog/x.${ending}`, whole.subarray(0, share * whole.length));
      const message = await messageOfRefusal(openData(folder));
      expect(message).toMatch(new RegExp(`1 of 2 unreadable: dog/x\\.${ending} \\(.+\\); repair or remove them`));
      expect(message).not.toContain("\n");
    }
    put(folder, `dog/x.${ending}`, whole);
    const { train } = await openData(folder, { testFraction: 0 });
    expect((await readImage(train, 1)).data).toHaveLength(width * height * 3);
  });
});
