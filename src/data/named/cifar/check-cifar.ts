import type { LoadedData } from "../../dataset.ts";
import { checkFiles } from "../check-files.ts";
import { withFailure } from "../checked.ts";
import type { DatasetCheck } from "../dataset-check.ts";
import { type Expected, factsOf, labelsOf, members } from "../facts.ts";
import { cifarFix } from "../published.ts";
import { readCifar } from "./cifar.ts";
import { type CifarFound, cifarOf } from "./cifar-version.ts";
import type { CifarScheme } from "./cifar10-coarse.ts";

const cifar10: Expected = {
  train: 50_000,
  test: 10_000,
  coarse: 2,
  fine: 10,
  trainEach: [5000, 5000],
  testEach: [1000, 1000],
};
const cifarToy: Expected = { ...cifar10, train: 40_000, test: 8000, fine: 8 };
const cifar100: Expected = {
  train: 50_000,
  test: 10_000,
  coarse: 20,
  fine: 100,
  trainEach: [500, 500],
  testEach: [100, 100],
};

const both = { plane: "airplane, automobile", ship: "ship, truck" };
/** The fine classes of each coarse class, in CIFAR-10's order. */
const cifar10Members: Readonly<Record<CifarScheme, readonly string[]>> = {
  cifar10: [`${both.plane}, ${both.ship}`, "bird, cat, deer, dog, frog, horse"],
  "cifartoy-good": [`${both.plane}, ${both.ship}`, "bird, cat, dog, horse"],
  "cifartoy-bad": [`${both.plane}, cat, dog`, `bird, horse, ${both.ship}`],
};

export async function checkCifar10(
  folder: string,
  names: readonly string[],
  scheme: CifarScheme,
  signal?: AbortSignal,
): Promise<DatasetCheck> {
  const cifar = await cifarOf("cifar10", folder, names);
  return withFacts(
    cifar.folder,
    await checkVersion(cifar, signal),
    () => readCifar(cifar, scheme),
    scheme === "cifar10" ? cifar10 : cifarToy,
    (data) =>
      [...members(data.train)].map(([name, found], i) => ({
        what: `fine classes of "${name}"`,
        expected: cifar10Members[scheme][i]!,
        found,
      })),
  );
}

export async function checkCifar100(
  folder: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<DatasetCheck> {
  const cifar = await cifarOf("cifar100", folder, names);
  const files = await checkVersion(cifar, signal);
  const open = () => readCifar(cifar);
  return withFacts(cifar.folder, files, open, cifar100, (data) => {
    const sizes = new Set([...members(data.train).values()].map((list) => list.split(", ").length));
    return [{ what: "fine classes in a coarse one", expected: "5 each", found: `${[...sizes].join(" or ")} each` }];
  });
}

const checkVersion = ({ version, folder, there }: CifarFound, signal: AbortSignal | undefined) =>
  checkFiles(folder, there, version.files, () => cifarFix(version.archive), signal);

/** The files' problems, with the facts of what can be opened; what cannot is one problem more. */
export async function withFacts(
  folder: string,
  files: DatasetCheck["files"],
  open: () => Promise<LoadedData>,
  expected: Expected,
  more: (data: LoadedData) => DatasetCheck["facts"] = () => [],
): Promise<DatasetCheck> {
  try {
    const data = await open();
    const facts = factsOf(labelsOf(data.train), labelsOf(data.test ?? data.train), expected);
    return { files, facts: [...facts, ...more(data)] };
  } catch (error) {
    return withFailure(folder, files, error);
  }
}
