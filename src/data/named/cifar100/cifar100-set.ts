import { cifarSet } from "../cifar/cifar-set.ts";
import { members } from "../facts.ts";
import type { NamedSet } from "../named-set.ts";
import { readCifar100 } from "./cifar100.ts";
import { cifar100Binary, cifar100Python } from "./cifar100-archives.ts";

/** CIFAR-100 (Krizhevsky 2009), with its own 20 coarse classes. */
export const cifar100: NamedSet<"cifar100"> = cifarSet({
  names: ["cifar100"],
  archives: [cifar100Python, cifar100Binary],
  bytes: 169_001_437,
  hints: ["train.bin"],
  read: readCifar100,
  expected: () => ({
    train: 50_000,
    test: 10_000,
    coarse: 20,
    fine: 100,
    trainEach: [500, 500],
    testEach: [100, 100],
  }),
  labelFacts({ train }) {
    const sizes = new Set([...members(train).values()].map((list) => list.split(", ").length));
    return [{ what: "fine classes in a coarse one", expected: "5 each", found: `${[...sizes].join(" or ")} each` }];
  },
});
