import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { methodPage, withMethodTables } from "../../scripts/method-tables.ts";
import { methodNames } from "../../src/methods/index.ts";
import { backboneNames } from "../../src/nn/index.ts";

/** The formatter pads the columns. */
const unaligned = (text: string) => text.replace(/ +/g, " ").replace(/-{3,}/g, "---");

test("the tables of docs/method.md are those of methods and backbones (npm run docs)", () => {
  const page = readFileSync(methodPage, "utf8");
  expect(unaligned(page)).toBe(unaligned(withMethodTables(page)));
  for (const name of [...methodNames, ...backboneNames]) expect(page).toContain(`| \`${name}\` `);
});
