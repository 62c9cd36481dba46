import { expect, it } from "vitest";
import { groupHint, nameHint } from "./name-hint.ts";

const names = new Map<number, string | null>([
  [3, null],
  [7, "T-shirt"],
  [9, "Coat"],
]);
const groups = [...names].map(([id, name]) => ({ id, name, coarse: 0, size: 10 * id, foundAgain: null }));

it("says what a name of a group leads to", () => {
  const hint = (name: string) => nameHint(name, groups);
  expect(hint("Pullover")).toBeUndefined();
  expect(hint("")).toBe("Without a name: the folder of an image is its fine class, else the number of the group.");
  expect(hint("Coat")).toBe("There is a group Coat already: one folder for both.");
  expect(hint("t-shirt")).toBe(
    "There is a group T-shirt already: some disks take both for one folder, and fine folders are refused.",
  );
  expect(hint("CON")).toBe("A folder cannot be called so: Windows has no such folder.");
  expect(hint("..")).toBe("A folder cannot be called so: it is no name of a folder.");
  expect(hint("x".repeat(300))).toBe("A folder cannot be called so: it has more than 255 bytes.");
  expect(hint("tops/long")).toBe("A slash makes a folder in a folder.");
  expect(hint("tops/")).toBe("A folder cannot be called so: it is no name of a folder.");
  expect(hint("=1+1")).toBe("A spreadsheet takes it for a formula: import the list's columns as text.");
});

it("says where images are put", () => {
  const hint = (name: string) => groupHint(name, groups);
  expect(hint("")).toBeUndefined();
  expect(hint("coat")).toBe("Into Coat (90 images).");
  expect(hint("group 3")).toBe("Into Group 3 (30 images).");
  expect(hint("not sure")).toBe("Out of their groups: not sure.");
  expect(hint("Cout")).toBe('Makes a new group Cout; did you mean "Coat"?');
  expect(hint("Sandal")).toBe("Makes a new group Sandal.");
  expect(hint("a:b")).toBe("Makes a new group a:b. A folder cannot be called so: Windows has no such folder.");
});
