import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readPage, root } from "./markdown.ts";

test("docs/errors.md has every code, and no other", () => {
  const source = readFileSync(new URL("src/core/errors.ts", root), "utf8");
  const union = /export type ErrorCode =([^;]*);/.exec(source)![1]!;
  const codes = [...union.matchAll(/"(\w+)"/g)].map((match) => match[1]);
  const documented = [...readPage("docs/errors.md").matchAll(/^\| `(\w+)`/gm)].map((match) => match[1]);
  expect(codes.length).toBeGreaterThan(5);
  expect(documented.sort()).toEqual(codes.sort());
});
