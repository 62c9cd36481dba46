import { cifarSet } from "../cifar/cifar-set.ts";
import { type Expected, members } from "../facts.ts";
import type { NamedSet } from "../named-set.ts";
import { readCifar10 } from "./cifar10.ts";
import { cifar10Binary, cifar10Python } from "./cifar10-archives.ts";
import type { CifarScheme } from "./cifar10-coarse.ts";

const whole: Expected = {
  train: 50_000,
  test: 10_000,
  coarse: 2,
  fine: 10,
  trainEach: [5000, 5000],
  testEach: [1000, 1000],
};
const toy: Expected = { ...whole, train: 40_000, test: 8000, fine: 8 };

const both = { plane: "airplane, automobile", ship: "ship, truck" };
/** The fine classes of each coarse class, in CIFAR-10's order. */
const expectedMembers: Readonly<Record<CifarScheme, readonly string[]>> = {
  cifar10: [`${both.plane}, ${both.ship}`, "bird, cat, deer, dog, frog, horse"],
  "cifartoy-good": [`${both.plane}, ${both.ship}`, "bird, cat, dog, horse"],
  "cifartoy-bad": [`${both.plane}, cat, dog`, `bird, horse, ${both.ship}`],
};

/** CIFAR-10 (Krizhevsky 2009), and the paper's CIFARtoy out of it. */
export const cifar10: NamedSet<CifarScheme> = cifarSet({
  names: ["cifar10", "cifartoy-good", "cifartoy-bad"],
  archives: [cifar10Python, cifar10Binary],
  bytes: 170_498_071,
  folders: ["cifar-10-python/cifar-10-batches-py"],
  hints: ["data_batch_1", "data_batch_1.bin"],
  read: readCifar10,
  expected: (name) => (name === "cifar10" ? whole : toy),
  labelFacts: ({ train }, name) =>
    [...members(train)].map(([coarse, found], i) => ({
      what: `fine classes of "${coarse}"`,
      expected: expectedMembers[name][i]!,
      found,
    })),
});
