import { expect, it } from "vitest";
import { type RunOptions, resolveConfig } from "../config/index.ts";
import type { Dataset, LoadedData } from "../data/index.ts";
import { describeData } from "../run/index.ts";
import { sameImages } from "./images.ts";

function setOf(labels: readonly number[]): Dataset {
  return {
    ...{ name: "some", length: labels.length, coarseClasses: ["a", "b"], fineClasses: undefined, fine: undefined },
    ...{ coarse: Int32Array.from(labels), ids: (index: number) => `${index}` },
    source: { kind: "files", files: labels.map(String) },
    normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
  };
}

const dataOf = (train: readonly number[], test: readonly number[]): LoadedData => ({
  name: "some",
  train: setOf(train),
  test: setOf(test),
  skipped: [],
});
const configOf = (options: RunOptions) => resolveConfig({ flags: { ...options } });

const first = dataOf([0, 0, 1, 1], [0, 1]);

async function opened(now: RunOptions, data: LoadedData, before: RunOptions = {}): Promise<LoadedData> {
  const known = [{ config: configOf(before), dataset: describeData(first) }];
  return sameImages(async () => data, known)(configOf(now));
}

it.each<[string, RunOptions, LoadedData, RunOptions?]>([
  ["the same again", {}, first],
  ["another split of them by another seed", { seed: 1 }, dataOf([0, 1, 1, 0], [1, 0])],
  ["another method, length and augmentation", { method: "supce", epochs: 3, strong: "crop-flip", threads: 1 }, first],
  ["a row that holds out more", { testFraction: 0.5 }, dataOf([0, 1], [0, 1, 0, 1])],
  ["a row of fewer images", { trainImages: 2 }, dataOf([0, 1], [0, 1])],
  ["a row under a map", { coarseMap: "map.csv" }, dataOf([1, 1, 0, 0], [1, 1])],
  [
    "a bad image that is held out under one seed alone, beside fewer images",
    { trainImages: 4, maxBad: 1, seed: 1 },
    dataOf([0, 1, 1, 0], [1]),
    { trainImages: 4, maxBad: 1 },
  ],
])("accepts %s", async (_, now, data, before) => {
  expect(await opened(now, data, before)).toBe(data);
});

it.each<[string, RunOptions, LoadedData]>([
  ["more of them", {}, dataOf([0, 0, 1, 1, 1], [0, 1])],
  ["more of them under another seed", { seed: 1 }, dataOf([0, 1, 1, 0, 0], [1, 0])],
  ["other labels under the same seed", {}, dataOf([0, 1, 1, 1], [0, 1])],
])("refuses %s", async (_, now, data) => {
  await expect(opened(now, data)).rejects.toThrow(/^some: expected the images of the runs before \(6 images of a, b\)/);
});
