import { readdir } from "node:fs/promises";
import { fail, fsReason } from "../../core/index.ts";
import { checkCars196 } from "./cars196/check-cars196.ts";
import { checkFiles } from "./check-files.ts";
import { checkCifar10, checkCifar100, withFacts } from "./cifar/check-cifar.ts";
import type { DatasetCheck } from "./dataset-check.ts";
import { openFashionMnist } from "./fashion-mnist/fashion-mnist.ts";
import { checkImagenet32 } from "./imagenet32/check-imagenet32.ts";
import { fashionFix, fashionMnist } from "./published.ts";
import { checkSop } from "./sop/check-sop.ts";

type Check = (folder: string, names: readonly string[], signal?: AbortSignal) => Promise<DatasetCheck>;

const checks = {
  cifar10: (folder, names, signal) => checkCifar10(folder, names, "cifar10", signal),
  "cifartoy-good": (folder, names, signal) => checkCifar10(folder, names, "cifartoy-good", signal),
  "cifartoy-bad": (folder, names, signal) => checkCifar10(folder, names, "cifartoy-bad", signal),
  cifar100: checkCifar100,
  imagenet32: checkImagenet32,
  "sop-split1": (folder) => checkSop(folder, 1),
  "sop-split2": (folder) => checkSop(folder, 2),
  cars196: (folder) => checkCars196(folder),
  "fashion-mnist": checkFashionMnist,
} satisfies Record<string, Check>;

export type DatasetName = keyof typeof checks;
/** The datasets known by name: the paper's seven, and two more. */
export const datasetNames = Object.keys(checks) as DatasetName[];

/**
 * Verifies the folder of a named dataset: every file by its published checksum, the counts of images and classes, the map
 * from fine to coarse labels. What is wrong is in the result; see `isSound`.
 * @throws MaskconError `data` if the folder itself cannot be read
 */
export async function checkData(name: DatasetName, folder: string, signal?: AbortSignal): Promise<DatasetCheck> {
  const names = await readdir(folder).catch((error) =>
    fail("data", { where: folder, expected: `the folder of ${name}`, found: fsReason(error) }, error),
  );
  return checks[name](folder, names, signal);
}

/** Whether everything that was looked at is as it should be. */
export const isSound = ({ files, facts }: DatasetCheck): boolean =>
  files.every(({ problem }) => problem === undefined) && facts.every(({ expected, found }) => expected === found);

async function checkFashionMnist(
  folder: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<DatasetCheck> {
  // Unpacked files are taken as well; no sums of those are published.
  const published = Object.fromEntries(
    Object.entries(fashionMnist).map(([name, sums]) => {
      const plain = name.slice(0, -".gz".length);
      return names.includes(plain) ? [plain, []] : [name, sums];
    }),
  );
  const files = await checkFiles(folder, names, published, fashionFix, signal);
  return withFacts(folder, files, () => openFashionMnist(folder, names), {
    train: 60_000,
    test: 10_000,
    coarse: 3,
    fine: 10,
    trainEach: [6000, 6000],
    testEach: [1000, 1000],
  });
}
