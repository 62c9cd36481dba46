import { createHash } from "node:crypto";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { put } from "../../test/data-samples.ts";
import { type ImageSample, imageSamples } from "../../test/image-samples.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { type Dataset, idOf, type Pixels } from "./dataset.ts";
import { decodeImage } from "./images/decode.ts";
import { readImage } from "./loader/read-image.ts";
import { openData, openImages } from "./open.ts";

const imageSize = 16;
/** Training keeps 2.25 times the size of a crop. */
const shortSide = 36;

/** Every image of a dataset by the name of its file. */
async function pixelsOf(set: Dataset): Promise<Map<string, Pixels>> {
  const found = new Map<string, Pixels>();
  for (let i = 0; i < set.length; i++) found.set(idOf(set, i).split("/").at(-1)!, await readImage(set, i));
  return found;
}

/** As training sees them, kept in memory and decoded at each use; as evaluation and embedding see them. */
async function everyWay(samples: readonly ImageSample[]) {
  const folder = temporaryFolder();
  for (const { file, bytes } of samples)
    for (const split of ["train", "test"]) put(folder, `${split}/a/${file}`, bytes);
  for (const split of ["train", "test"]) put(folder, `${split}/b/other.png`, samples[0]!.bytes);
  const kept = await openData(folder, { imageSize });
  const left = await openData(folder, { imageSize, cacheBytes: 0 });
  expect([kept.train.source.kind, left.train.source.kind, left.test!.source.kind]).toEqual([
    "packed",
    "files",
    "files",
  ]);
  return {
    trained: await pixelsOf(kept.train),
    again: await pixelsOf(left.train),
    tested: await pixelsOf(kept.test!),
    testedAgain: await pixelsOf(left.test!),
    embedded: await pixelsOf(await openImages(join(folder, "test"))),
  };
}

const digests = (images: Map<string, Pixels>): string[] =>
  [...images].map(([file, { width, height, data }]) => {
    return `${file}: ${width} x ${height} ${createHash("sha256").update(data).digest("hex")}`;
  });

const differences = (a: Pixels, b: Pixels): number[] => {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  return Array.from(a.data, (value, i) => Math.abs(value - b.data[i]!));
};

async function reduce({ data, width, height }: Pixels): Promise<Pixels> {
  const factor = shortSide / Math.min(width, height);
  const to = { width: Math.round(width * factor), height: Math.round(height * factor) };
  const image = sharp(data, { raw: { width, height, channels: 3 } }).resize({ ...to, fit: "fill" });
  return { ...to, data: await image.raw().toBuffer() };
}

describe.each([
  ["below", 32, 24],
  ["above", 120, 80],
])("images %s 2.25 times the size of a crop", (where, width, height) => {
  let samples: ImageSample[];
  beforeAll(async () => {
    samples = await imageSamples(width, height);
  });

  it("have the same pixels in training, evaluation and embedding", async () => {
    const { trained, again, tested, testedAgain, embedded } = await everyWay(samples);
    expect(digests(again)).toEqual(digests(trained));
    expect(digests(testedAgain)).toEqual(digests(tested));
    expect(digests(embedded)).toEqual(digests(tested));
    for (const { kind, file, shrinks } of samples) {
      const whole = tested.get(file)!;
      const wrong = differences(trained.get(file)!, where === "below" ? whole : await reduce(whole));
      const mean = wrong.reduce((sum, value) => sum + value, 0) / wrong.length;
      // Loaders of JPEG and WebP average blocks of pixels.
      const most = where === "above" && shrinks ? 2 : 0;
      expect(mean, `${kind}: differences up to ${Math.max(...wrong)}`).toBeLessThanOrEqual(most);
    }
  });

  it("keep the colours under their transparency, and every bit of the rest", async () => {
    for (const { kind, bytes, rgb } of samples) {
      const from = new SharedArrayBuffer(bytes.length);
      new Uint8Array(from).set(bytes);
      const { data, ...size } = await decodeImage({ from, offset: 0, length: bytes.length });
      expect([kind, size]).toEqual([kind, { width, height }]);
      if (rgb) expect([kind, Buffer.compare(data, rgb)]).toEqual([kind, 0]);
    }
  });
});
