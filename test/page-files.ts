import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The files of the Studio's page. */
export const PAGE_FILES = ["index.html", "studio.js", "style.css", "icon.svg", "licences.txt"] as const;

/** Writes a folder `page` with these files, each with its name in it: a server's test needs no build. */
export function writePageFiles(root: string): void {
  mkdirSync(join(root, "page"));
  for (const name of PAGE_FILES) writeFileSync(join(root, "page", name), name);
}
