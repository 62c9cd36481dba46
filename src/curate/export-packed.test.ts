import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleRow, writeSample } from "../../test/collection-samples.ts";
import { Bytes2d, pickle, planes, put } from "../../test/data-samples.ts";
import { runCommand } from "../../test/run-command.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { readCollectionRecord, writeCollectionRecord } from "../collection/record.ts";
import { contentDigests, type Dataset, DIGEST_BYTES, idOf, openData, readImage } from "../data/index.ts";

const COUNT = 6;

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

async function collected() {
  const root = temporaryFolder();
  const [data, collection] = [join(root, "cifar"), join(root, "collection")];
  putCifar(data);
  const { train, test: held } = await openData(data);
  const rows = [...(await rowsOf(train, "train", 1)), ...(await rowsOf(held!, "test", COUNT + 1))];
  put(collection, "sheets/none", "");
  await writeSample(collection, [rows]);
  const record = await readCollectionRecord(collection);
  await writeCollectionRecord(collection, { ...record, sources: [{ data, folder: data }] });
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
