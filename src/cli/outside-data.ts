import { realpathSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fail } from "../core/index.ts";

/** Refuses to write a run or a comparison among its images, where it would be read as one of their classes. */
export function refuseInside(data: string, out: string): void {
  const way = relative(real(resolve(data)), real(resolve(out)));
  // Another drive of Windows has no relative way.
  if (way.split(/[\\/]/)[0] === ".." || way === resolve(way)) return;
  fail("usage", {
    where: "--out",
    expected: "a folder outside the images",
    found: `${out}, in ${data}`,
    fix: "choose another",
  });
}

/** The path without links, of which the end need not be there yet. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(real(above), basename(path));
  }
}
