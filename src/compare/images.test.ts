import { expect, it } from "vitest";
import { type RunOptions, resolveConfig } from "../config/index.ts";
import type { Dataset, LoadedData } from "../data/index.ts";
import { describeData } from "../run/index.ts";
import { type RunImages, sameImages } from "./images.ts";

/** Pictures of one pixel, called by its value and its label: `5a`. */
function setOf(names: string): Dataset {
  const list = names.split(" ").filter(Boolean);
  const pixels = new SharedArrayBuffer(3 * list.length);
  for (const [i, name] of list.entries()) new Uint8Array(pixels, 3 * i, 3).fill(Number.parseInt(name, 10));
  return {
    ...{ name: "some", length: list.length, coarseClasses: ["a", "b"], fineClasses: undefined, fine: undefined },
    ...{ coarse: Int32Array.from(list, (name) => (name.endsWith("b") ? 1 : 0)), ids: (index: number) => `${index}` },
    source: { kind: "memory", width: 1, height: 1, pixels },
    normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
  };
}

const dataOf = (train: string, test: string): LoadedData => ({
  name: "some",
  train: setOf(train),
  test: setOf(test),
  skipped: [],
});
const configOf = (options: RunOptions) => resolveConfig({ flags: { ...options } });

const first = dataOf("1a 2a 3b 4b", "5a 6b");

async function before(options: RunOptions, data = first): Promise<RunImages> {
  const { dataset, list } = await describeData(data);
  return { config: configOf(options), dataset, list: async () => list };
}

async function opened(now: RunOptions, data: LoadedData, options: RunOptions = {}): Promise<LoadedData> {
  return sameImages(async () => data, [await before(options)])(configOf(now));
}

it.each<[string, RunOptions, LoadedData, RunOptions?]>([
  ["the same again", {}, first],
  ["the same in another order", {}, dataOf("4b 3b 2a 1a", "6b 5a")],
  ["another split of them by another seed", { seed: 1 }, dataOf("1a 3b 5a 6b", "2a 4b")],
  ["another method, length and augmentation", { method: "supce", epochs: 3, strong: "crop-flip", threads: 1 }, first],
  ["a row that holds out more", { testFraction: 0.5 }, dataOf("1a 3b", "2a 4b 5a 6b")],
  ["a row of fewer images", { trainImages: 2 }, dataOf("1a 3b", "5a 6b")],
  ["a row under a map", { coarseMap: "map.csv" }, dataOf("1b 2b 3a 4a", "5b 6b")],
  [
    "other ones of the training images under another seed",
    { trainImages: 4, seed: 1 },
    dataOf("1a 2a 5a 6b", "7a 8b"),
    { trainImages: 4 },
  ],
  [
    "a bad image that is held out under one seed alone, beside fewer images",
    { trainImages: 4, maxBad: 1, seed: 1 },
    dataOf("1a 3b 4b 5a", "2a"),
    { trainImages: 4, maxBad: 1 },
  ],
])("accepts %s", async (_, now, data, options) => {
  expect(await opened(now, data, options)).toBe(data);
});

it.each<[string, RunOptions, LoadedData, string]>([
  ["more of them", {}, dataOf("1a 2a 3b 4b 7b", "5a 6b"), "7 images of a, b"],
  ["more of them under another seed", { seed: 1 }, dataOf("1a 3b 5a 6b 7a", "2a 4b"), "7 images of a, b"],
  ["other labels under the same seed", {}, dataOf("1a 2b 3b 4b", "5a 6b"), "5 of them and 1 with another label"],
  ["another picture with the same labels", {}, dataOf("1a 2a 3b 9b", "5a 6b"), "5 of them and 1 other"],
  ["another test picture", {}, dataOf("1a 2a 3b 4b", "5a 9b"), "5 of them and 1 other"],
  [
    "another split under the same seed",
    {},
    dataOf("1a 2a 3b 6b", "5a 4b"),
    "them, divided otherwise into training and",
  ],
  ["another picture under another seed", { seed: 1 }, dataOf("1a 3b 5a 6b", "2a 9b"), "5 of them and 1 other"],
])("refuses %s", async (_, now, data, found) => {
  await expect(opened(now, data)).rejects.toThrow(
    `some: expected the images of the runs before (6 images of a, b), found ${found}`,
  );
});

it("compares what it opens with what it opened before", async () => {
  let data = first;
  const open = sameImages(async () => data, []);
  await open(configOf({}));
  data = dataOf("1a 3b 5a 6b", "2a 9b");
  await expect(open(configOf({ seed: 1 }))).rejects.toThrow(/found 5 of them and 1 other/);
});

it("compares the labels alone with runs of an earlier version", async () => {
  const { config, dataset } = await before({});
  const { images: _, ...rest } = dataset;
  const list = async () => ({ problem: "none" });
  const open = (data: LoadedData) => sameImages(async () => data, [{ config, dataset: rest, list }])(config);
  await open(dataOf("7a 2a 3b 4b", "5a 6b"));
  await expect(open(dataOf("1a 2b 3b 4b", "5a 6b"))).rejects.toThrow(/found others, by their labels/);
});
