import { expect, it } from "vitest";
import { otherImages, paperTables } from "./paper-numbers.ts";

const table = paperTables["paper-cifar100"];
const own = { name: "cifar100", trainImages: 50_000, testImages: 10_000 };

it("tells the table's own images from others, by name, counts and coarse labels", () => {
  expect(otherImages(table, own)).toBeUndefined();
  expect(otherImages(table, { ...own, coarseMap: undefined })).toBeUndefined();
  expect(otherImages(table, { ...own, trainImages: 5000 })).toContain("cifar100 with 5000 training and 10000 test");
  expect(otherImages(table, { ...own, name: "pictures" })).toContain("the images are not the paper's: pictures with");
  expect(otherImages(table, { ...own, coarseMap: "own.csv" })).toBe(
    "the coarse labels are not the paper's: they are those of own.csv",
  );
});
