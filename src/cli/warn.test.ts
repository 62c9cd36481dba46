import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { warn, warnOfPassedOver } from "./warn.ts";

it("warns on lines of its own", () => {
  const said: string[] = [];
  const terminal = { err: (text: string) => void said.push(text) };
  warn(terminal, "careful");
  warnOfPassedOver(terminal, ["one is cut off", "one is empty"]);
  expect(said).toEqual([
    "warning: careful\n",
    "warning: passed over a checkpoint: one is cut off\n",
    "warning: passed over a checkpoint: one is empty\n",
  ]);
});

it("is the one place that spells the word", () => {
  const folder = new URL("./", import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const spelling = files.filter((name) => readFileSync(new URL(name, folder), "utf8").match(/["`]warning: /));
  expect(spelling).toEqual(["warn.ts"]);
});
