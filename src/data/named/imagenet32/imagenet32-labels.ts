import { type Expected, type FactLabels, factsOf } from "../facts.ts";
import { IMAGENET_CLASSES, type Imagenet32Maps } from "./imagenet32-maps.ts";
import type { Imagenet32Part } from "./imagenet32-part.ts";

/** ILSVRC 2012's own counts. */
export const imagenet32Counts = { train: 1_281_167, test: 50_000 };

const expected: Expected = {
  ...imagenet32Counts,
  coarse: 12,
  fine: 1000,
  trainEach: [732, 1300],
  testEach: [50, 50],
};

/** What the labels of all parts say, beside the official ones. */
export const imagenet32Facts = (train: readonly Imagenet32Part[], test: Imagenet32Part, maps: Imagenet32Maps) =>
  factsOf(labelsOf(train, maps), labelsOf([test], maps), expected);

function labelsOf(parts: readonly Imagenet32Part[], maps: Imagenet32Maps): FactLabels {
  const labels = parts.flatMap((part) => [...part.labels]);
  const fine = Int32Array.from(labels, (label) => maps.fine[label - 1]!);
  return {
    length: fine.length,
    fine,
    coarse: fine.map((label) => maps.coarse[label]!),
    fineCount: IMAGENET_CLASSES,
    coarseCount: maps.coarseCount,
  };
}
