import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { put } from "../../test/data-samples.ts";
import { channelMeans } from "../../test/foreign-models.ts";
import { noiseImages } from "../../test/noise-images.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { openTrunk, type Trunk, type TrunkOptions } from "../backbone/index.ts";
import { lockFolder } from "../core/lock.ts";
import { createEvalLoader, type Dataset } from "../data/index.ts";
import { checkSpace, kindSeed } from "./complete-store.ts";
import { type FeatureCache, type FeatureCacheOptions, openFeatureCache } from "./feature-cache.ts";

const SIZE = 8;
const train = noiseImages(37, SIZE);
const held = noiseImages(20, SIZE, 8);

async function openModel(model = channelMeans(), options: Partial<TrunkOptions> = {}): Promise<Trunk> {
  const file = put(temporaryFolder(), "model.onnx", model);
  const trunk = await openTrunk({ file, imageSize: SIZE, threads: 1, ...options });
  onTestFinished(() => trunk.close());
  return trunk;
}

/** A cache with its test's lines and how many images it has made. */
async function open(folder: string, trunk: Trunk, more: Partial<FeatureCacheOptions> = {}) {
  const said: string[] = [];
  const made: [number, number][] = [];
  const cache = await openFeatureCache({
    ...{ trunk, folder, train, test: held, weak: "crop-flip", strong: "crop-flip-perspective-color" },
    ...{ views: 6, viewSeed: 3, workers: 1 },
    progress: (...counts) => made.push(counts),
    notice: (line) => said.push(line),
    ...more,
  });
  onTestFinished(() => cache.close());
  return { cache, said, made };
}

/** The features of images as a loader gives them, one by one. */
async function embedded(trunk: Trunk, dataset: Dataset, view: object = {}, epoch = 0): Promise<number[]> {
  const loader = await createEvalLoader({ dataset, batchSize: 1, imageSize: SIZE, workers: 1, ...view });
  const all: number[] = [];
  try {
    for await (const { images, release } of loader.batches(epoch)) {
      all.push(...(await trunk.embed(images)));
      release();
    }
  } finally {
    await loader.close();
  }
  return all;
}

function viewOf(cache: FeatureCache, kind: "weak" | "strong", view: number): Float32Array {
  const images = Int32Array.from({ length: train.length }, (_, i) => i);
  const out = new Float32Array(train.length * cache.featureDim);
  cache.read(
    kind,
    images,
    images.map(() => view),
    out,
  );
  return out;
}

function expectClose(found: Float32Array, expected: readonly number[]) {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5);
}

test("clean features and all views are those of the images, in order", async () => {
  const trunk = await openModel();
  const { cache, said, made } = await open(temporaryFolder(), trunk);
  expectClose(await cache.clean("train"), await embedded(trunk, train));
  expect(made.at(-1)).toEqual([37, 37]);
  expectClose(await cache.clean("test"), await embedded(trunk, held));
  await cache.prepareViews();
  expect(made.at(-1)).toEqual([6 * 37, 6 * 37]);
  for (const [kind, view] of [
    ["weak", "crop-flip"],
    ["strong", "crop-flip-perspective-color"],
  ] as const) {
    const options = { view, seed: kindSeed(3, kind) };
    expectClose(viewOf(cache, kind, 2), await embedded(trunk, train, options, 2));
  }
  expect(said).toEqual([expect.stringMatching(/^features of 6 views an image take \d\.\d MB in /)]);
  const total = readdirSync(join(cache.folder, "..")).flatMap((key) => {
    return ["features.f32", "digests.bin"].map((name) => statSync(join(cache.folder, "..", key, name)).size);
  });
  expect(total.reduce((sum, size) => sum + size)).toBe(cache.bytes);
});

test("rows come from the images and views that are asked for", async () => {
  const { cache } = await open(temporaryFolder(), await openModel());
  await cache.prepareViews();
  const out = new Float32Array(3 * 3);
  cache.read("strong", Int32Array.of(36, 0, 17), Int32Array.of(0, 2, 1), out);
  const rows = [
    viewOf(cache, "strong", 0).slice(108),
    viewOf(cache, "strong", 2).slice(0, 3),
    viewOf(cache, "strong", 1).slice(51, 54),
  ];
  expect([...out]).toEqual(rows.flatMap((row) => [...row]));
  const one = (image: number, view: number) => () =>
    cache.read("weak", Int32Array.of(image), Int32Array.of(view), new Float32Array(3));
  expect(one(36, 2)).not.toThrow();
  expect(one(37, 0)).toThrow("features: expected the image 0 to 36, found 37");
  expect(one(-1, 1)).toThrow("found -1");
  expect(one(0, 3)).toThrow("features: expected the view 0 to 2, found 3");
});

test("views of one augmentation are as many different ones", async () => {
  const { cache } = await open(temporaryFolder(), await openModel(), { strong: "crop-flip" });
  await cache.prepareViews();
  const views = (["weak", "strong"] as const).flatMap((kind) => [0, 1, 2].map((i) => viewOf(cache, kind, i).join()));
  expect(new Set(views).size).toBe(6);
});

test("what is there is used, also by a run of other views where it does not depend on them", async () => {
  const [folder, trunk] = [temporaryFolder(), await openModel()];
  const first = await open(folder, trunk);
  const clean = await first.cache.clean("train");
  await first.cache.prepareViews();
  const again = await open(folder, trunk);
  expect(await again.cache.clean("train")).toEqual(clean);
  await again.cache.prepareViews();
  expect(again.made).toEqual([]);
  expect(again.said).toEqual([
    expect.stringMatching(/^features of the training images are there already: /),
    expect.stringMatching(/^features of 6 views of the training images are there already: /),
  ]);
  const other = await open(folder, trunk, { views: 2 });
  expect(await other.cache.clean("train")).toEqual(clean);
  expect(other.made).toEqual([]);
  expect(other.cache.key).not.toBe(first.cache.key);
});

test("all that decides a feature is in the key", async () => {
  const [folder, trunk] = [temporaryFolder(), await openModel()];
  const other = noiseImages(37, SIZE, 9);
  const swapped = { ...train, source: { ...train.source, pixels: swappedPixels() } } as Dataset;
  const keys = [];
  for (const change of [
    ...[
      {},
      { viewSeed: 4 },
      { views: 4 },
      { weak: "augmix" },
      { strong: "crop-flip" },
      { train: other },
      { train: swapped },
    ],
    { train: { ...train, normalization: { mean: [0, 0, 0], std: [1, 1, 1] } } },
    { trunk: await openModel(channelMeans(SIZE)) },
    { trunk: { ...trunk, runtime: "another" } },
    { trunk: { ...trunk, imageSize: 16 } },
    { trunk: { ...trunk, pooling: "mean" } },
    { trunk: { ...trunk, output: { name: "other", kind: "vector" } } },
  ]) {
    keys.push((await open(folder, trunk, change as Partial<FeatureCacheOptions>)).cache.key);
  }
  expect(new Set(keys).size).toBe(keys.length);
  expect((await open(folder, trunk, { workers: 2, test: undefined })).cache.key).toBe(keys[0]);
  // A `Preprocessing` says more than mean and standard deviation: the side, the file.
  const more = { ...train, normalization: { ...train.normalization, size: SIZE, from: "preprocessor_config.json" } };
  expect((await open(folder, trunk, { train: more })).cache.key).toBe(keys[0]);
});

/** The first two images in each other's place. */
function swappedPixels(): SharedArrayBuffer {
  const pixels = new SharedArrayBuffer(37 * SIZE * SIZE * 3);
  const from = new Uint8Array((train.source as { pixels: SharedArrayBuffer }).pixels);
  const bytes = SIZE * SIZE * 3;
  const to = new Uint8Array(pixels);
  to.set(from);
  to.set(from.subarray(0, bytes), bytes);
  to.set(from.subarray(bytes, 2 * bytes), 0);
  return pixels;
}

/** Bytes of a row. */
const ROW = 12;

test.each<[string, (folder: string) => void, number]>([
  ["features cut in the second batch", (folder) => truncateSync(join(folder, "features.f32"), 20 * ROW), 16],
  ["features cut to nothing", (folder) => truncateSync(join(folder, "features.f32"), 0), 0],
  ["digests cut in the third", (folder) => truncateSync(join(folder, "digests.bin"), 40), 32],
  ["one bit of another value", (folder) => flip(join(folder, "features.f32"), 20 * ROW), 16],
  ["one bit of another digest", (folder) => flip(join(folder, "digests.bin"), 0), 0],
  ["zeros of the right size", (folder) => writeFileSync(join(folder, "features.f32"), new Uint8Array(37 * ROW)), 0],
  ["no digests", (folder) => rmSync(join(folder, "digests.bin")), 0],
  ["a folder in place of the features", (folder) => placeFolder(join(folder, "features.f32")), 0],
  ["a lock of a process that is gone", leaveLock, 16],
])("%s: made anew from there", async (_, damage, sound) => {
  const { trunk, folder: made } = await whole();
  const folder = temporaryFolder();
  cpSync(made, folder, { recursive: true });
  const place = join(folder, readdirSync(folder)[0]!);
  const before = filesOf(place);
  damage(place);
  const { cache, made: counts } = await open(folder, trunk);
  await cache.clean("train");
  expect(counts[0]).toEqual([Math.min(sound + 16, 37), 37]);
  expect(filesOf(place)).toEqual(before);
  expect(readdirSync(place).sort()).toEqual(["about.json", "digests.bin", "features.f32"]);
});

let once: Promise<{ trunk: Trunk; folder: string }> | undefined;
const wholeFolder = mkdtempSync(join(tmpdir(), "maskcon-features-"));
afterAll(async () => {
  await (await once)?.trunk.close();
  rmSync(wholeFolder, { recursive: true });
});

/** A folder with the clean features of the training images. */
function whole() {
  once ??= (async () => {
    const trunk = await openTrunk({
      file: put(wholeFolder, "model.onnx", channelMeans()),
      imageSize: SIZE,
      threads: 1,
    });
    const folder = join(wholeFolder, "features");
    await (await open(folder, trunk)).cache.clean("train");
    return { trunk, folder };
  })();
  return once;
}

const filesOf = (folder: string) =>
  ["features.f32", "digests.bin"].map((name) => readFileSync(join(folder, name), "hex"));

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at]! ^= 1;
  writeFileSync(file, bytes);
}

function placeFolder(path: string): void {
  rmSync(path);
  mkdirSync(path);
  writeFileSync(join(path, "note"), "");
}

function leaveLock(folder: string): void {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  writeFileSync(join(folder, "lock"), JSON.stringify({ pid, host: hostname(), started: "" }));
  truncateSync(join(folder, "digests.bin"), 16);
}

test("bytes behind the end are of no account", async () => {
  const [folder, trunk] = [temporaryFolder(), await openModel()];
  const { cache } = await open(folder, trunk);
  const clean = await cache.clean("train");
  for (const key of readdirSync(folder)) writeFileSync(join(folder, key, "features.f32"), "more", { flag: "a" });
  const again = await open(folder, trunk);
  expect(await again.cache.clean("train")).toEqual(clean);
  expect(again.made).toEqual([]);
});

test("one cache waits for another that makes the same, and uses what it made", async () => {
  const [folder, trunk] = [temporaryFolder(), await openModel()];
  const [a, b] = [await open(folder, trunk), await open(folder, trunk)];
  await Promise.all([a.cache.prepareViews(), b.cache.prepareViews()]);
  expect(viewOf(b.cache, "strong", 2)).toEqual(viewOf(a.cache, "strong", 2));
  expect([a.made.length, b.made.length].sort((x, y) => x - y)).toEqual([0, 18]);
  expect(
    [...a.said, ...b.said].filter((line) => /^waiting for process \d+ on .*, which makes features of/.test(line)),
  ).toHaveLength(1);
});

test("who waits can be stopped, and so can who makes", async () => {
  const [folder, trunk] = [temporaryFolder(), await openModel()];
  const stop = new AbortController();
  const { cache } = await open(folder, trunk, { signal: stop.signal, notice: () => stop.abort() });
  mkdirSync(cache.folder, { recursive: true });
  const unlock = lockFolder(cache.folder, { name: "lock", what: "nothing" });
  await expect(cache.prepareViews()).rejects.toMatchObject({ name: "AbortError" });
  unlock();
  const halfway = new AbortController();
  const made = await open(folder, trunk, { signal: halfway.signal, progress: (done) => done > 100 && halfway.abort() });
  await expect(made.cache.prepareViews()).rejects.toMatchObject({ name: "AbortError" });
  const after = await open(folder, trunk);
  await after.cache.prepareViews();
  expect(after.made[0]![0]).toBeGreaterThan(100);
  expect(after.said).toContain("features of 6 views of the training images: 106 of 222 are there already");
});

test("an image whose features are no numbers is named", async () => {
  const nodes = [
    ["m", "ReduceMean", ["images"], { axes: [2, 3], keepdims: 0 }],
    ["features", "Log", ["m"]],
  ] as const;
  const trunk = await openModel(channelMeans("s", "N", { nodes }));
  const { cache } = await open(temporaryFolder(), trunk);
  await expect(cache.clean("train")).rejects.toThrow(/found NaN for noise-\d+;/);
});

test("a full disk is said before it is", async () => {
  const folder = temporaryFolder();
  await expect(checkSpace(folder, 2 ** 60)).rejects.toThrow(
    /expected 1099511627776.0 MB free for features, found \d+\.\d MB; free/,
  );
  await checkSpace(folder, 1);
});

test("views that cannot be halved, and reading before they are made, are refused", async () => {
  const [folder, trunk] = [temporaryFolder(), await openModel()];
  for (const views of [0, 3, 2.5, 4096]) {
    await expect(open(folder, trunk, { views })).rejects.toThrow("views: expected an even number from 2 to 1024");
  }
  const { cache } = await open(folder, trunk, { test: undefined });
  expect(() => viewOf(cache, "weak", 0)).toThrow("expected prepareViews() before read()");
  await expect(cache.clean("test")).rejects.toThrow("expected a test set, found none");
});
