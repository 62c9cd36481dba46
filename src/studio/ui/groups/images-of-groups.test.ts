import { expect, it } from "vitest";
import { imagesOfGroups } from "./images-of-groups.ts";

const column = (...values: number[]) => Int32Array.from(values);
const columns = {
  ...{ length: 6, ids: column(1, 2, 3, 4, 5, 6), fine: column(-1, -1, -1, -1, -1, -1) },
  ...{ split: column(0, 0, 0, 0, 0, 0), coarse: column(0, 0, 0, 0, 1, 0), group: column(7, 7, 0, 7, 0, 0) },
  ...{ confidence: column(400, 900, 200, -1, 100, 300), status: column(0, 0, 0, 0, 0, 1) },
};

const listed = (coarse: number, ...groups: number[]) =>
  [...imagesOfGroups(columns, { coarse, groups })].map(([group, positions]) => [group, ...positions]);

it("lists the images of a group, the surest first and a person's last", () => {
  expect(listed(0, 7)).toEqual([[7, 1, 0, 3]]);
});

it("lists those of a class that lie in none, without what was taken out", () => {
  expect(listed(0, 0)).toEqual([[0, 2]]);
  expect(listed(1, 0)).toEqual([[0, 4]]);
});

it("lists several groups at once, also empty ones", () => {
  expect(listed(0, 7, 8, 0)).toEqual([[7, 1, 0, 3], [8], [0, 2]]);
});
