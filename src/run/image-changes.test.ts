import { expect, it } from "vitest";
import { changeText, imageChanges, isUnchanged, partText, sharedImages, unionChange } from "./image-changes.ts";
import { type ImageList, ROW_WORDS } from "./image-list.ts";

/** Rows of images called `3` or, with another label, `3b`. */
function rows(names: readonly string[]): Int32Array {
  const list = new Int32Array(ROW_WORDS * names.length);
  for (const [i, name] of names.entries()) {
    list[ROW_WORDS * i] = Number.parseInt(name, 10);
    list[ROW_WORDS * i + 4] = name.endsWith("b") ? 1 : 0;
  }
  return list;
}
const listOf = (train: string, test = ""): ImageList => ({
  train: rows(train.split(" ").filter(Boolean)),
  test: rows(test.split(" ").filter(Boolean)),
});

const own = listOf("1 2 3 4", "5 6");

it.each<[string, string, string, string, string]>([
  ["one for another", "1 2 3 9", "5 6", "the 4 training images of this run", "3 of them and 1 other"],
  ["one less", "1 2 3", "5 6", "the 4 training images of this run", "3 of them"],
  ["one more", "1 2 3 4 7", "5 6", "the 4 training images of this run", "4 of them and 1 other"],
  ["a picture twice", "1 2 3 4 4", "5 6", "the 4 training images of this run", "4 of them and 1 other"],
  ["two labels", "1b 2 3b 4", "5 6", "the 4 training images of this run", "2 of them and 2 with another label"],
  ["test images alone", "1 2 3 4", "5 9", "the 2 test images of this run", "1 of them and 1 other"],
  ["no test images", "1 2 3 4", "", "the 2 test images of this run", "0 of them"],
  [
    "two that changed places",
    "1 2 3 5",
    "4 6",
    "the 4 training and 2 test images of this run",
    "for training 3 of them and 1 of its test images, for testing 1 of them and 1 of its training images",
  ],
  [
    "everything at once",
    "1 2b 5 8 9",
    "6",
    "the 4 training and 2 test images of this run",
    "for training 1 of them, 1 with another label, 1 of its test images and 2 others, for testing 1 of them",
  ],
])("counts %s", (_, train, test, expected, found) => {
  expect(changeText(imageChanges(own, listOf(train, test)))).toEqual({ expected, found });
});

it("finds each of the run's images wherever it stands", () => {
  const { train, test } = imageChanges(listOf("1 2 2 3", "5"), listOf("3 2 1 2", "5"));
  expect([...train.places]).toEqual([2, 1, 3, 0]);
  expect(isUnchanged(train) && isUnchanged(test)).toBe(true);
});

it("without labels takes an image for the same under any", () => {
  const { train } = imageChanges(own, listOf("1b 4 3 2b", "5 6"), { labels: false });
  expect(isUnchanged(train)).toBe(true);
});

it("compares all images of two splits", () => {
  expect(isUnchanged(unionChange(own, listOf("6 1 2", "3 4 5")))).toBe(true);
  expect(partText(unionChange(own, listOf("6 1 2b", "3 4 9")), "")).toBe("4 of them, 1 with another label and 1 other");
});

it("counts images that are among others, each as often as it comes", () => {
  expect(sharedImages(rows(["1", "1b", "2", "7"]), own.train)).toBe(3);
  expect(sharedImages(rows([]), own.train)).toBe(0);
});
