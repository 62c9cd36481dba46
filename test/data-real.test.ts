import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { type Dataset, idOf, openData, readImage } from "../src/data/index.ts";

/** Where unpacked archives are looked for: beside the archives, or in a cache folder. Nothing is unpacked here. */
const roots = [
  process.env.MASKCON_DATA ?? resolve(import.meta.dirname, "../../shared/data"),
  join(tmpdir(), "maskcon-data"),
];

function find(name: string): string | undefined {
  const folder = roots.map((root) => join(root, name)).find((path) => existsSync(path));
  if (!folder) console.warn(`SKIPPED: ${name} is not unpacked in ${roots.join(" or ")} (set MASKCON_DATA)`);
  return folder;
}

const countsOf = (labels: Int32Array, classes: readonly string[]) => {
  const counts = classes.map(() => 0);
  for (const label of labels) counts[label]!++;
  return counts;
};

const labelsOf = (set: Dataset, i: number) => [
  idOf(set, i),
  set.coarseClasses[set.coarse[i]!],
  set.fineClasses![set.fine![i]!],
];

const cifar100 = find("cifar-100-python");
describe.skipIf(!cifar100)("the real CIFAR-100", () => {
  it("has 500 and 100 images of each fine class, five of which make a coarse one", async () => {
    const { train, test } = await openData(cifar100!);
    expect(countsOf(train.fine!, train.fineClasses!)).toEqual(Array(100).fill(500));
    expect(countsOf(test!.fine!, test!.fineClasses!)).toEqual(Array(100).fill(100));
    expect(countsOf(train.coarse, train.coarseClasses)).toEqual(Array(20).fill(2500));
    const pairs = new Set([...train.fine!].map((fine, i) => `${fine} in ${train.coarse[i]}`));
    expect(pairs.size).toBe(100);
    expect(labelsOf(train, 0)).toEqual(["train/bos_taurus_s_000507.png", "large_omnivores_and_herbivores", "cattle"]);
    expect(labelsOf(test!, 5)).toEqual(["test/tulipa_clusiana_s_000175.png", "flowers", "tulip"]);
    // The published channel means, which also tell a swapped channel.
    const sums = [0, 0, 0];
    for (let i = 0; i < train.length; i += 50) {
      const { data } = await readImage(train, i);
      for (let at = 0; at < data.length; at++) sums[at % 3]! += data[at]!;
    }
    const means = sums.map((sum) => sum / 1000 / 1024 / 255);
    for (const c of [0, 1, 2]) expect(means[c]).toBeCloseTo(train.normalization.mean[c]!, 1);
    expect(means[0]! - means[2]!).toBeGreaterThan(0.05);
  });
});

const cifar10 = find("cifar-10-batches-py");
describe.skipIf(!cifar10)("the real CIFAR-10, at least in part", () => {
  it("has 10,000 images a batch", async () => {
    const { train, test } = await openData(cifar10!, { partial: true });
    expect([train.length % 10_000, test!.length]).toEqual([0, 10_000]);
    expect(labelsOf(test!, 0)).toEqual(["test_batch/domestic_cat_s_000907.png", "animals", "cat"]);
    const toy = await openData(cifar10!, { partial: true, preset: "cifartoy-bad" });
    expect(countsOf(toy.test!.fine!, toy.test!.fineClasses!)).toEqual(Array(8).fill(1000));
  });
});

const cars = find("cars196-mini");
describe.skipIf(!cars)("real car photographs by CSV", () => {
  it("have 8 body types of 5 models each", async () => {
    const { train, test, skipped } = await openData(join(cars!, "labels.csv"), { imageSize: 32, cacheBytes: 2 ** 26 });
    expect([train.length, test!.length, skipped.length]).toEqual([1818, 1801, 0]);
    expect([train.coarseClasses.length, train.fineClasses!.length]).toEqual([8, 40]);
    expect(labelsOf(train, 0)).toEqual(["images/train/00009.jpg", "sedan", "Mitsubishi Lancer Sedan 2012"]);
    expect([train.source.kind, test!.source.kind]).toEqual(["packed", "files"]);
    const [small, whole] = [await readImage(train, 0), await readImage(test!, 0)];
    expect([small.width, small.height, whole.width, whole.height]).toEqual([72, 72, 224, 224]);
  });
});
