import { createHash } from "node:crypto";
import { closeSync, ftruncateSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { png, put, putPictures } from "../../../test/data-samples.ts";
import { tarOf } from "../../../test/tar-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import type { Dataset, ImageSource } from "../dataset.ts";
import { openData, openImages } from "../open.ts";
import { imagesAt } from "../subset.ts";
import { contentDigests, DIGEST_BYTES, readContent } from "./content-digest.ts";

const sha = (bytes: Uint8Array) =>
  createHash("sha256")
    .update(bytes)
    .digest("hex")
    .slice(0, 2 * DIGEST_BYTES);

/** The digest of each image, in hex. */
async function hexOf(dataset: Dataset): Promise<string[]> {
  const digests = Buffer.from(await contentDigests(dataset));
  return Array.from({ length: dataset.length }, (_, i) =>
    digests.toString("hex", DIGEST_BYTES * i, DIGEST_BYTES * (i + 1)),
  );
}

const names = ["a/0.png", "a/1.png", "b/2.png", "b/3.png"];

it("is that of the encoded bytes, in files and in shards, kept as pixels or not, however small", async () => {
  const folder = temporaryFolder();
  await putPictures(join(folder, "images"), names);
  const contents = names.map((name) => readFileSync(join(folder, "images", name)));
  const expected = contents.map(sha);
  for (const options of [{}, { cacheBytes: 0 }, { imageSize: 8 }]) {
    const { train } = await openData(join(folder, "images"), { testFraction: 0, ...options });
    expect(train.source).toHaveProperty("digests");
    expect(await hexOf(train)).toEqual(expected);
    expect(await hexOf(imagesAt(train, Int32Array.of(2, 0)))).toEqual([expected[2], expected[0]]);
  }
  const members = contents.flatMap((content, i): [string, string | Uint8Array][] => [
    [`${i}.png`, content],
    [`${i}.cls`, String(i % 2)],
  ]);
  const tar = put(folder, "shard.tar", await tarOf(members));
  for (const cacheBytes of [0, 2 ** 20]) {
    const { train } = await openData(tar, { testFraction: 0, cacheBytes });
    expect(await hexOf(train)).toEqual(expected);
  }
  expect(await hexOf(await openImages(tar))).toEqual(expected);
});

it("leaves unreadable images out of its places", async () => {
  const folder = temporaryFolder();
  await putPictures(folder, names);
  const whole = readFileSync(join(folder, names[1]!));
  writeFileSync(join(folder, names[1]!), whole.subarray(0, whole.length - 20));
  const { train } = await openData(folder, { testFraction: 0, maxBad: 1 });
  expect(await hexOf(train)).toEqual(
    [names[0]!, names[2]!, names[3]!].map((name) => sha(readFileSync(join(folder, name)))),
  );
});

const dataset = (source: ImageSource, length: number): Dataset => ({
  ...{ name: "some", length, coarseClasses: ["a"], fineClasses: undefined, coarse: new Int32Array(length) },
  ...{ fine: undefined, ids: (i: number) => `${i}`, source, normalization: { mean: [0, 0, 0], std: [1, 1, 1] } },
});

it("is that of size and pixels where images come decoded", async () => {
  const pixels = new SharedArrayBuffer(12);
  new Uint8Array(pixels).set([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]);
  const wide: ImageSource = { kind: "memory", width: 2, height: 1, pixels };
  const [first, second] = await hexOf(dataset(wide, 2));
  expect(second).toBe(first);
  const packed: ImageSource = {
    ...{ kind: "packed", pixels, offsets: Float64Array.of(6, 0) },
    sizes: Int32Array.of(2, 1, 1, 2),
  };
  const [again, high] = await hexOf(dataset(packed, 2));
  expect(again).toBe(first);
  expect(high).not.toBe(first);
  new Uint8Array(pixels)[0] = 0;
  expect((await hexOf(dataset(wide, 2)))[0]).not.toBe(first);
});

it("is read from the files where a program gave them alone", async () => {
  const folder = temporaryFolder();
  const file = put(folder, "a.png", await png(1));
  const expected = sha(readFileSync(file));
  expect(await hexOf(dataset({ kind: "files", files: [file] }, 1))).toEqual([expected]);
  const slices: ImageSource = {
    ...{ kind: "slices", parts: [file], part: Int32Array.of(0), offsets: Float64Array.of(0) },
    lengths: Int32Array.of(readFileSync(file).length),
  };
  expect(await hexOf(dataset(slices, 1))).toEqual([expected]);
  await expect(hexOf(dataset({ kind: "files", files: [`${file}.none`] }, 1))).rejects.toThrow(
    /a\.png\.none: expected a readable image, found nothing of that name/,
  );
});

it("of a large file is read a piece at a time", async () => {
  const file = join(temporaryFolder(), "large");
  const handle = openSync(file, "w");
  ftruncateSync(handle, 2 ** 26 + 1);
  closeSync(handle);
  const before = process.memoryUsage().rss;
  const { digest, image } = await readContent(file);
  expect(image).toBe(file);
  expect(Buffer.from(digest).toString("hex")).toBe(sha(new Uint8Array(2 ** 26 + 1)));
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 27);
});
