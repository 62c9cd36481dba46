import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { documentation, withTables } from "../../scripts/configuration-tables.ts";
import { typesFile, typesText } from "../../scripts/configuration-types.ts";
import { flagFields, presetNames } from "../../src/config/index.ts";

/** The formatter pads the columns. */
const unaligned = (text: string) => text.replace(/ +/g, " ").replace(/-{3,}/g, "---");

test("the tables of docs/configuration.md are the schema's (npm run docs)", () => {
  const page = readFileSync(documentation, "utf8");
  expect(unaligned(page)).toBe(unaligned(withTables(page)));
  for (const { flag } of flagFields()) expect(page).toContain(`\`${flag}\``);
  for (const name of presetNames) expect(page).toContain(`\`${name}\``);
});

test("the types of the settings are the schema's (npm run docs)", () => {
  expect(readFileSync(typesFile, "utf8")).toBe(typesText());
});
