import { expect, it } from "vitest";
import { unfitClasses, unfitFolder, unfitPath } from "./names-on-disk.ts";

it("says why a class is no folder; a fine class may be a path", () => {
  expect(unfitFolder("a/b")).toBe("it has a slash");
  expect(unfitPath("a/b")).toBeUndefined();
  expect(unfitPath("a//b")).toBe("it is no name of a folder");
  expect(unfitPath("a/CON")).toBe("Windows has no such folder");
  expect(unfitPath("é".repeat(128))).toBe("it has more than 255 bytes");
});

it("finds classes that some disk takes for one, also on their way", () => {
  const unfit = (...names: string[]) => [...unfitClasses(names, unfitPath)];
  expect(unfit("T-shirt", "Coat", "t-shirt", "..")).toEqual([
    ["t-shirt", 'some disks take it for "T-shirt"'],
    ["..", "it is no name of a folder"],
  ]);
  expect(unfit("\u00e9", "e\u0301")).toEqual([["e\u0301", 'some disks take it for "\u00e9"']]);
  expect(unfit("tops", "tops/long", "tops/short")).toEqual([]);
  expect(unfit("tops/long", "Tops/short")).toEqual([["Tops/short", 'some disks take it for "tops"']]);
});
