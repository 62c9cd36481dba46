import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { refuseInside } from "./outside-data.ts";

it("refuses a run among its images, by whatever name, and none beside or above them", (context) => {
  const root = temporaryFolder();
  const data = join(root, "pictures");
  mkdirSync(data);
  for (const out of ["pictures", "pictures/run", "pictures/../pictures/a/b", "pictures/..run"]) {
    expect(() => refuseInside(data, join(root, out)), out).toThrow(
      /^--out: expected a folder outside the images, found /,
    );
  }
  for (const out of ["run", "pictures-run", "pictures/../run", "."]) {
    expect(() => refuseInside(data, join(root, out)), out).not.toThrow();
  }
  if (process.platform === "win32") context.skip("links need a right there");
  symlinkSync(data, join(root, "link"));
  expect(() => refuseInside(join(root, "link"), join(data, "new"))).toThrow(/outside the images/);
  expect(() => refuseInside(data, join(root, "link", "new"))).toThrow(/outside the images/);
});
