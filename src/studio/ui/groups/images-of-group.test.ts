import { expect, it } from "vitest";
import { imagesOfGroup } from "./images-of-group.ts";

const column = (...values: number[]) => Int32Array.from(values);
const columns = {
  ...{ length: 6, ids: column(1, 2, 3, 4, 5, 6), fine: column(-1, -1, -1, -1, -1, -1) },
  ...{ split: column(0, 0, 0, 0, 0, 0), coarse: column(0, 0, 0, 0, 1, 0), group: column(7, 7, 0, 7, 0, 0) },
  ...{ confidence: column(400, 900, 200, -1, 100, 300), status: column(0, 0, 0, 0, 0, 1) },
};

it("lists the images of a group, a person's before the surest", () => {
  expect([...imagesOfGroup(columns, { coarse: 0, group: 7 })]).toEqual([3, 1, 0]);
});

it("lists those of a class that lie in none, without what was taken out", () => {
  expect([...imagesOfGroup(columns, { coarse: 0, group: 0 })]).toEqual([2]);
  expect([...imagesOfGroup(columns, { coarse: 1, group: 0 })]).toEqual([4]);
});
