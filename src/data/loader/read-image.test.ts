import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinySet } from "../../../test/tiny-run.ts";
import { openImages } from "../open.ts";
import { readImage, readSmallImage } from "./read-image.ts";

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "maskcon-read-image-"));
  const write = (name: string, width: number, height: number, to: (image: Sharp) => Sharp) => {
    const grain = Uint8Array.from({ length: 6 * 6 * 3 }, (_, i) => (i * 89) % 251);
    const image = sharp(grain, { raw: { width: 6, height: 6, channels: 3 } }).resize(width, height, { fit: "fill" });
    return to(image).toFile(join(folder, name));
  };
  await write("a.jpg", 640, 480, (image) => image.jpeg({ quality: 95 }));
  await write("b-turned.jpg", 300, 200, (image) => image.withMetadata({ orientation: 6 }).jpeg({ quality: 95 }));
  await write("c-alpha.png", 200, 160, (image) => image.ensureAlpha(0.5).png());
  await write("d-long.png", 1000, 3, (image) => image.png());
  await write("e-small.png", 40, 30, (image) => image.png());
  await write("f.gif", 150, 100, (image) => image.gif());
  await write("g-gray.webp", 97, 96, (image) => image.grayscale().webp({ lossless: true }));
});
afterAll(() => rmSync(folder, { recursive: true }));

const sizes = [
  [96, 72, 640, 480],
  [64, 96, 200, 300],
  [96, 77, 200, 160],
  [96, 1, 1000, 3],
  [40, 30, 40, 30],
  [96, 64, 150, 100],
  [96, 95, 97, 96],
];

test("a small image is the image, reduced to its longer side", async () => {
  const dataset = await openImages(folder);
  expect(dataset.length).toBe(sizes.length);
  for (const [i, size] of sizes.entries()) {
    const small = await readSmallImage(dataset, i, 96);
    expect([small.width, small.height, small.full.width, small.full.height]).toEqual(size);
    const { data, width, height } = await readImage(dataset, i);
    expect(small.full).toEqual({ width, height });
    const reduced = await sharp(data, { raw: { width, height, channels: 3 } })
      .resize(small.width, small.height, { fit: "fill" })
      .raw()
      .toBuffer();
    const off = reduced.reduce((sum, value, at) => sum + Math.abs(value - small.data[at]!), 0) / reduced.length;
    expect(off, dataset.ids instanceof Function ? dataset.ids(i) : dataset.ids[i]!).toBeLessThan(1);
  }
});

test("images that lie decoded are reduced as well", async () => {
  const dataset = tinySet("small", 3);
  const { width, height } = await readImage(dataset, 2);
  const small = await readSmallImage(dataset, 2, 4);
  expect(small.full).toEqual({ width, height });
  expect([Math.max(small.width, small.height), small.data.length]).toEqual([4, small.width * small.height * 3]);
});

test("an image beyond the last one is refused", async () => {
  await expect(readSmallImage(await openImages(folder), sizes.length, 96)).rejects.toThrow(/7/);
});
