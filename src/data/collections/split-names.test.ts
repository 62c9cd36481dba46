import { expect, test } from "vitest";
import { splitBegun, splitCalled, splitWithin } from "./split-names.ts";

test.each([
  ["train", "train", "train", "train"],
  ["Val", "validation", "validation", "validation"],
  ["train-00000-of-00002.parquet", undefined, "train", "train"],
  ["imagenet-val-000000.tar", undefined, undefined, "validation"],
  ["imagenet_train_2.tar", undefined, undefined, "train"],
  ["dev-kit-train-0.tar", undefined, "validation", "train"],
  ["trainer-train.tar", undefined, undefined, "train"],
  ["contest-0.tar", undefined, undefined, undefined],
  ["latesté-trainé.tar", undefined, undefined, undefined],
  ["constructor", undefined, undefined, undefined],
])("%s", (name, called, begun, within) => {
  expect([splitCalled(name), splitBegun(name), splitWithin(name)]).toEqual([called, begun, within]);
});
