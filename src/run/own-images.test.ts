import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { type Dataset, imagesAt, type LoadedData } from "../data/index.ts";
import { describeData } from "./describe-data.ts";
import { readImageList, writeImageList } from "./image-file.ts";
import { type ImageList, listDigest } from "./image-list.ts";
import { compareImages, ownList } from "./own-images.ts";

const BYTES = 12;

/** Pictures of 2 x 2 pixels, each of one value. */
function setOf(values: readonly number[], coarse: readonly number[], coarseClasses = ["a", "b"]): Dataset {
  const pixels = new SharedArrayBuffer(BYTES * values.length);
  for (const [i, value] of values.entries()) new Uint8Array(pixels, BYTES * i, BYTES).fill(value);
  return {
    ...{ name: "some", length: values.length, coarseClasses, fineClasses: undefined, fine: undefined },
    ...{ coarse: Int32Array.from(coarse), ids: (i: number) => `${i}` },
    source: { kind: "memory", width: 2, height: 2, pixels },
    normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
  };
}

const loaded = (train: Dataset, test?: Dataset): LoadedData => ({ name: "some", train, test, skipped: [] });
const data = loaded(setOf([10, 11, 12, 13], [0, 0, 1, 1]), setOf([20, 21], [0, 1]));

/** A run that was trained on these images. */
async function runOn(trained: LoadedData) {
  const { dataset, list } = await describeData(trained);
  const paths = { images: join(temporaryFolder(), "images.safetensors") };
  await writeImageList(paths.images, list);
  return { paths, record: { dataset } };
}

const valuesOf = ({ source, length }: Dataset) =>
  source.kind === "memory" ? Array.from({ length }, (_, i) => new Uint8Array(source.pixels)[BYTES * i]) : [];

it("takes the same images in any order, and gives them in the run's, with its normalisation", async () => {
  const run = await runOn(data);
  const normalization: Dataset["normalization"] = { mean: [0.5, 0, 0], std: [1, 1, 1] };
  const train = { ...imagesAt(data.train, Int32Array.of(3, 1, 0, 2)), normalization };
  const { own, difference } = await compareImages(run, loaded(train, imagesAt(data.test!, Int32Array.of(1, 0))));
  expect(difference).toBeUndefined();
  expect([valuesOf(own!.train), [...own!.train.coarse]]).toEqual([
    [10, 11, 12, 13],
    [0, 0, 1, 1],
  ]);
  expect([valuesOf(own!.test!), [...own!.test!.coarse]]).toEqual([
    [20, 21],
    [0, 1],
  ]);
  expect(own!.train.normalization).toEqual(data.train.normalization);
});

it("takes the same class names in another normal form, which may sort otherwise, and numbers them as the run did", async () => {
  const composed = ["caf\u00e9", "cafz"];
  const decomposed = ["cafz", "cafe\u0301"];
  const run = await runOn(loaded(setOf([10, 11], [0, 1], composed)));
  const { own } = await compareImages(run, loaded(setOf([10, 11], [1, 0], decomposed)));
  expect([own!.train.coarseClasses, [...own!.train.coarse]]).toEqual([composed, [0, 1]]);
});

it.each<[string, LoadedData, RegExp]>([
  ["a picture edited in place", loaded(setOf([10, 11, 12, 99], [0, 0, 1, 1]), data.test), /^3 of them and 1 other$/],
  ["two labels swapped", loaded(setOf([10, 11, 12, 13], [1, 0, 0, 1]), data.test), /^2 of them and 2 with another/],
  ["another test image", loaded(data.train, setOf([20, 99], [0, 1])), /^1 of them and 1 other$/],
  ["no test images", loaded(data.train), /^0 of them$/],
])("refuses %s", async (_, changed, found) => {
  const { own, difference } = await compareImages(await runOn(data), changed);
  expect(own).toBeUndefined();
  expect(difference!.found).toMatch(found);
});

it("sees where the images are the run's own, divided otherwise", async () => {
  const resplit = loaded(setOf([10, 11, 12, 21], [0, 0, 1, 1]), setOf([20, 13], [0, 1]));
  const { difference } = await compareImages(await runOn(data), resplit);
  expect(difference).toEqual({
    expected: "the 4 training and 2 test images of this run",
    found: "for training 3 of them and 1 of its test images, for testing 1 of them and 1 of its training images",
    fix: "give the files the names, or the rows of Parquet the order, and the split that they had",
  });
});

it("without labels takes some of the images under any labels, and none that was trained with for testing", async () => {
  const run = await runOn(data);
  const some = loaded(setOf([13, 11], [1, 1]), setOf([21], [0]));
  const { own } = await compareImages(run, some, { labels: false });
  expect([valuesOf(own!.train), [...own!.train.coarse], valuesOf(own!.test!)]).toEqual([[11, 13], [1, 1], [21]]);
  const mixed = loaded(setOf([11], [0]), setOf([21, 10], [0, 0]));
  expect((await compareImages(run, mixed, { labels: false })).own).toBeUndefined();
});

it("knows the same images without its list, and says why it cannot count others", async () => {
  const run = await runOn(data);
  const others = loaded(setOf([10, 11, 12, 99], [0, 0, 1, 1]), data.test);
  const reason = async () => (await compareImages(run, others)).difference!.found;
  writeFileSync(run.paths.images, "torn");
  expect(await reason()).toMatch(/^others; how many cannot be said, because .*images\.safetensors cannot be read/);
  await writeImageList(run.paths.images, (await describeData(others)).list);
  expect(await reason()).toMatch(/images\.safetensors is damaged, or of another run$/);
  await writeImageList(run.paths.images, (await describeData(loaded(others.train))).list);
  expect(await reason()).toMatch(/images\.safetensors is of other images$/);
  rmSync(run.paths.images);
  expect(await reason()).toMatch(/images\.safetensors is missing$/);
  expect((await compareImages(run, data)).own).toEqual(data);
});

it("of a run of an earlier version compares the counts and the training labels", async () => {
  const { images: _, ...dataset } = (await describeData(data)).dataset;
  const run = { paths: { images: "none" }, record: { dataset } };
  expect(await compareImages(run, loaded(setOf([1, 2, 3, 4], [0, 0, 1, 1]), setOf([5, 6], [1, 1])))).toMatchObject({
    own: { name: "some" },
    list: undefined,
  });
  const { difference } = await compareImages(run, loaded(setOf([10, 11, 12, 13], [0, 1, 1, 1]), data.test));
  expect(difference!.found).toBe("other labels");
  expect((await compareImages(run, loaded(data.train))).difference!.found).toBe("4 and 0");
  expect(await ownList(run)).toEqual({ problem: "the run was begun by an earlier version, which kept none" });
});

it("keeps a list of a million images in 32 bytes each", async () => {
  const list = { train: new Int32Array(8 * 2 ** 20).map((_, i) => i), test: new Int32Array(8) };
  const file = join(temporaryFolder(), "images.safetensors");
  await writeImageList(file, list);
  expect(statSync(file).size).toBeLessThan(32 * (2 ** 20 + 1) + 1000);
  const counts = { trainImages: 2 ** 20, testImages: 1 };
  const kept = (await readImageList(file, { digest: listDigest(list), ...counts })) as ImageList;
  expect(Buffer.from(kept.train.buffer).equals(Buffer.from(list.train.buffer))).toBe(true);
  expect(kept.test).toEqual(list.test);
});
