import { expect, test } from "vitest";
import { labelsOf } from "./cifar/cifar-pickle.ts";
import { checkedLabels } from "./imagenet32/imagenet32-part.ts";

test.each([1.5, Number.NaN, true, "1", 2 ** 32 + 1])("%s is no label of a batch", (label) => {
  expect(() => checkedLabels([label], "x")).toThrow("expected labels from 1 to 1000");
  expect(() => labelsOf(new Map([["labels", [label]]]) as never, "labels", 1, 10, "x")).toThrow("labels from 0 to 9");
});
