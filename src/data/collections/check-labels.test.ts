import { expect, test } from "vitest";
import { checkLabels, columnLabels, folderLabels } from "./check-labels.ts";

const images = (labels: readonly string[], fine?: readonly string[]) =>
  labels.map((coarse, i) => ({ file: `${i}`, id: `${i}`, coarse, fine: fine?.[i], split: undefined }));
const numbered = (count: number, of = count) => Array.from({ length: count }, (_, i) => `label ${i % of}`);

test("labels of several images are no captions", () => {
  expect(checkLabels("x", images(numbered(100, 50)), folderLabels)).toEqual([]);
  expect(checkLabels("x", images(numbered(9)), folderLabels)).toEqual([]);
  expect(checkLabels("x", images([...numbered(20, 2), ...Array(100).fill("")]), folderLabels)).toEqual([]);
});

test("almost as many classes as images are named", () => {
  expect(checkLabels("x.csv", images(numbered(100, 95)), columnLabels('column "caption"'))).toEqual([
    'x.csv, column "caption": 95 coarse classes for 100 images, such as "label 0" and "label 1": these look like captions ' +
      "or numbers of images; name the labels with --coarse-column",
  ]);
  expect(checkLabels("pictures", images(numbered(100, 51)), folderLabels)).toEqual([
    'pictures: 51 coarse classes for 100 images, such as "label 0" and "label 1": these look like captions or numbers of ' +
      "images; put the images of a class into one folder",
  ]);
});

test("a class for every image is refused, unless images are only measured", () => {
  expect(() => checkLabels("x.tar", images(numbered(10)), columnLabels("part txt"))).toThrow(
    "x.tar, part txt: expected coarse classes of several images, to learn from, found 10 coarse classes for 10 images, " +
      'such as "label 0" and "label 1"; name the labels with --coarse-column',
  );
  expect(checkLabels("x.tar", images(numbered(10)), columnLabels("part txt"), true)).toEqual([]);
  const long = numbered(10).map((text) => text + "x".repeat(500));
  expect(() => checkLabels("x.tar", images(long), folderLabels)).toThrow(/"label 0x{53}…"/);
});

test("classes that differ in case or spaces alone are named, within their coarse class", () => {
  expect(checkLabels("x", images(["Shoe", "shoe ", "a  b", "A b", "bag"]), folderLabels)).toEqual([
    'x: the coarse classes "Shoe", "shoe " differ in case or spaces alone, and count as 2 classes',
    'x: the coarse classes "a  b", "A b" differ in case or spaces alone, and count as 2 classes',
  ]);
  const coarse = ["a", "a", "b", "b"];
  expect(checkLabels("x", images(coarse, ["Boot", "boot", "Boot", "bag"]), folderLabels)).toEqual([
    'x: the fine classes "Boot", "boot" differ in case or spaces alone, and count as 2 classes',
  ]);
  const many = numbered(20, 5).map((text, i) => (i < 10 ? text : text.toUpperCase()));
  expect(checkLabels("x", images(many), folderLabels)).toHaveLength(3);
  expect(checkLabels("x", images(many), folderLabels)[2]).toMatch(/count as 2 classes \(and 2 more such names\)$/);
});

test("names that differ in what is not seen are named, and written so that it is", () => {
  expect(checkLabels("x", images(["a", "a\u200b", "a\u200e", "b"]), folderLabels)).toEqual([
    'x: the coarse classes "a", "a\\u{200b}", "a\\u{200e}" differ in case, spaces or unseen characters alone, and count ' +
      "as 3 classes",
  ]);
});
