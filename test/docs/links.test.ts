import { existsSync } from "node:fs";
import { posix } from "node:path";
import { expect, test } from "vitest";
import { anchorsOf, apiPages, localLinks, pages, root } from "./markdown.ts";

test.each([...pages(), ...apiPages()])("links of %s lead somewhere", (page) => {
  const broken = localLinks(page).flatMap(({ target, line }) => {
    const [path, anchor] = target.split("#") as [string, string | undefined];
    const file = path === "" ? page : posix.join(posix.dirname(page), path);
    const there = existsSync(new URL(file, root)) && (!anchor || anchorsOf(file).includes(anchor));
    return there ? [] : [`${page}:${line}: ${target}`];
  });
  expect(broken).toEqual([]);
});
