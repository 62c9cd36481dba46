import { expect, it } from "vitest";
import type { StudioState } from "../../protocol.ts";
import { fineFolders } from "./fine-folders.ts";

const column = (...values: number[]) => Int32Array.from(values);
const group = (id: number, name: string | null) => ({ id, name, coarse: 0, size: 1, foundAgain: null });
const state = {
  ...{ coarse: ["birds", "cats"], fine: ["crow", "owl"], groups: [group(2, "owl"), group(10, null), group(3, "lion")] },
} as unknown as StudioState;
const columns = {
  ...{ length: 9, ids: column(1, 2, 3, 4, 5, 6, 7, 8, 9), split: column(0, 0, 0, 0, 0, 0, 0, 0, 0) },
  ...{ coarse: column(0, 0, 0, 0, 0, 1, 1, 0, -1), fine: column(-1, 1, 0, -1, -1, -1, -1, 0, 0) },
  ...{ group: column(2, 0, 2, 10, 0, 3, 3, 2, 0), status: column(0, 0, 0, 0, 0, 0, 0, 1, 0) },
  confidence: column(0, 0, 0, 0, 0, 0, 0, 0, 0),
};

it("counts the images of each folder: by the group's name, else the fine class, else the group's number", () => {
  expect(fineFolders({ state, columns })).toEqual({
    folders: [
      { coarse: "birds", fine: "group-10", count: 1 },
      { coarse: "birds", fine: "owl", count: 3 },
      { coarse: "cats", fine: "lion", count: 2 },
    ],
    unsure: 1,
  });
});

it("finds what will be refused, and shows it first", () => {
  const named = [group(2, "CON"), group(10, null), group(3, "a/b")];
  const { folders } = fineFolders({ state: { ...state, fine: ["con", "group-10"], groups: named }, columns });
  expect(folders).toEqual([
    { coarse: "birds", fine: "CON", count: 2, problem: "Windows has no such folder" },
    { coarse: "birds", fine: "group-10", count: 2, problem: "a group without a name would be called so, too" },
    { coarse: "cats", fine: "a/b", count: 2 },
  ]);
});
