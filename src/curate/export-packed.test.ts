import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleRow, writeSample } from "../../test/collection-samples.ts";
import { Bytes2d, pickle, planes, png, put } from "../../test/data-samples.ts";
import { runCommand } from "../../test/run-command.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { readCollectionRecord, type SourceReading, writeCollectionRecord } from "../collection/record.ts";
import { withPlace } from "../collection/sources.ts";
import { contentDigests, type Dataset, DIGEST_BYTES, idOf, openData, readImage } from "../data/index.ts";

const COUNT = 6;
const picture = await png(1, 16, 16);

/** A CIFAR-100 whose splits have images of the same names, and the same images; only train has the last one. */
function putCifar(folder: string): void {
  const named = (count: number, prefix: string) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  put(folder, "meta", pickle({ fine_label_names: named(100, "fine"), coarse_label_names: named(20, "coarse") }));
  for (const [split, count] of [["train", COUNT] as const, ["test", COUNT - 1] as const]) {
    const labels = Array.from({ length: count }, (_, i) => i % 2);
    const data = new Bytes2d(count, planes(count));
    put(folder, split, pickle({ filenames: named(count, "x"), fine_labels: labels, coarse_labels: labels, data }));
  }
}

async function rowsOf(dataset: Dataset, split: string, first: number) {
  const digests = await contentDigests(dataset);
  return Array.from({ length: dataset.length }, (_, i) =>
    sampleRow(first + i, {
      ...{ name: idOf(dataset, i), split, width: 32, height: 32 },
      coarse: dataset.coarseClasses[dataset.coarse[i]!],
      fine: dataset.fineClasses![dataset.fine![i]!],
      hash: Buffer.from(digests.subarray(DIGEST_BYTES * i, DIGEST_BYTES * (i + 1))).toString("hex"),
    }),
  );
}

const cifar10 = "airplane automobile bird cat deer dog frog horse ship truck".split(" ");

/** A CIFAR-10 with one of its five training files. */
function putPartOfCifar10(folder: string, names: readonly string[] = cifar10): void {
  put(folder, "batches.meta", pickle({ label_names: [...names] }));
  for (const batch of ["data_batch_2", "test_batch"]) {
    const labels = Array.from({ length: COUNT }, (_, i) => i);
    const filenames = labels.map((i) => `${batch}${i}`);
    put(folder, batch, pickle({ filenames, labels, data: new Bytes2d(COUNT, planes(COUNT)) }));
  }
}

async function collected(putSet = putCifar, reading?: SourceReading) {
  const root = temporaryFolder();
  const [data, collection] = [join(root, "cifar"), join(root, "collection")];
  putSet(data);
  const { train, test: held } = await openData(data, reading);
  const rows = [...(await rowsOf(train, "train", 1)), ...(await rowsOf(held!, "test", train.length + 1))];
  put(collection, "sheets/none", "");
  await writeSample(collection, [rows]);
  const record = await readCollectionRecord(collection);
  const { sources } = withPlace([], data, { reading });
  await writeCollectionRecord(collection, { ...record, sources });
  return { root, data, collection, train };
}

test("pixels of a set without files become PNG, with and without the folders of the splits", async () => {
  const { root, collection, train } = await collected();
  const run = async (out: string, ...more: string[]) => {
    const { code, out: said, err } = await runCommand(["collection", "export", collection, "--folders", out, ...more]);
    expect(code, err).toBe(0);
    return said;
  };
  const [split, plain] = [join(root, "split"), join(root, "plain")];
  expect(await run(split)).toMatch(
    /: 11 images in SPLIT\/COARSE\/FINE: 11 taken out of archives\n {2}coarse0: fine0 6\n {2}coarse1: fine1 5\n$/,
  );
  const { train: back, test: held } = await openData(split);
  expect([back.length, held!.length]).toEqual([COUNT, COUNT - 1]);
  expect(await readImage(back, 0)).toEqual(await readImage(train, 0));

  expect(await run(plain, "--no-splits")).toMatch(
    /: 11 images in COARSE\/FINE: 11 taken out of archives\n {2}coarse0: fine0 6\n {2}coarse1: fine1 5\n$/,
  );
  expect(readdirSync(plain)).toEqual(["coarse0", "coarse1"]);
  expect(readdirSync(join(plain, "coarse0/fine0")).sort()).toEqual(
    ["x0.png", "x2.png", "x4.png", "x0-7.png", "x2-9.png", "x4-11.png"].sort(),
  );
  const { train: all } = await openData(plain, { testFraction: 0 });
  expect([all.length, all.coarseClasses, all.fineClasses]).toEqual([11, ["coarse0", "coarse1"], ["fine0", "fine1"]]);
  for (let i = 0; i < all.length; i++) {
    const number = Number(/x(\d)/.exec(idOf(all, i))![1]);
    expect((await readImage(all, i)).data).toEqual((await readImage(train, number)).data);
  }
});

test("a set that is gone, or has other images now, is said in one line, and nothing is written", async () => {
  const { root, data, collection } = await collected();
  const refused = async () => {
    const { code, err } = await runCommand(["collection", "export", collection, "--folders", join(root, "out")]);
    expect([code, readdirSync(root)]).toEqual([1, ["cifar", "collection"]]);
    return err;
  };
  put(
    data,
    "train",
    pickle({
      ...{ filenames: ["y"], fine_labels: [0], coarse_labels: [0] },
      data: new Bytes2d(1, new Uint8Array(3072)),
    }),
  );
  expect(await refused()).toMatch(
    /^maskcon: .*it is not in .*cifar any more; collect again, or leave some out [^\n]*\n$/,
  );
  put(data, "train", "");
  expect(await refused()).toMatch(/^maskcon: [^\n]*train[^\n]*\n$/);
});

test.each<[string, (folder: string) => void, SourceReading]>([
  ["with files missing", putPartOfCifar10, { partial: true }],
  [
    "beside another set",
    (folder) => {
      putCifar(join(folder, "cifar-100-python"));
      putPartOfCifar10(join(folder, "cifar-10-batches-py"));
    },
    { preset: "cifar100" },
  ],
  [
    "with pictures beside it",
    (folder) => {
      putCifar(folder);
      put(folder, "stray.png", picture);
    },
    {},
  ],
])("a named set %s is read as it was collected", async (_, putSet, reading) => {
  const { root, collection } = await collected(putSet, reading);
  const { code, err } = await runCommand(["collection", "export", collection, "--folders", join(root, "out")]);
  expect([code, err]).toEqual([0, ""]);
});

test("a set of other classes than its files' names say is found without its coarse map", async () => {
  const map = join(temporaryFolder(), "map.csv");
  const names = cifar10.map((_, i) => `kind${i}`);
  writeFileSync(map, `fine,coarse\n${names.map((name, i) => `${name},${i % 2}\n`).join("")}`);
  const reading = { coarseMap: map, partial: true };
  const { root, collection } = await collected((folder) => putPartOfCifar10(folder, names), reading);
  rmSync(map);
  const { code, err } = await runCommand(["collection", "export", collection, "--folders", join(root, "out")]);
  expect([code, err]).toEqual([0, ""]);
});

test("what is kept of the way a place was read", () => {
  const kept = (reading: SourceReading, before = withPlace([], "npm:x", {}).sources) =>
    withPlace(before, "npm:x", { reading });
  const plain = { data: "npm:x", folder: "" };
  // Presets of settings, and other options of `openData`, do not say where an image is.
  const options = {
    preset: "start",
    partial: false,
    coarseMap: "map.csv",
    maxBad: 3,
    imageColumn: undefined,
    fineColumn: "",
  };
  expect(kept(options)).toEqual({ sources: [plain], source: 0, isChanged: false });
  const named = kept({ imageColumn: "photo" });
  expect(named).toEqual({ sources: [{ ...plain, reading: { imageColumn: "photo" } }], source: 0, isChanged: true });
  expect(withPlace(named.sources, "npm:x", {})).toEqual({ ...named, isChanged: false });
  expect(kept({}, named.sources)).toEqual({ sources: [plain], source: 0, isChanged: true });
  // Of two splits each would be looked for where the other lies.
  const some = (reading: SourceReading | undefined) => withPlace(named.sources, "npm:x", { reading, some: true });
  expect(some({ imageColumn: "photo" })).toEqual({ ...named, isChanged: false });
  expect(some(undefined)).toEqual({ ...named, isChanged: false });
  expect(() => some({ imageColumn: "shot" })).toThrow(
    'npm:x: expected the options of its other images: imageColumn "photo", found imageColumn "shot"; read all of DATA so',
  );
  expect(() => some({})).toThrow("found none");
});
