/** The tables of docs/method.md, from the tables of methods and backbones. Run as a program it writes them there. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { methodNames, methodOf } from "../src/methods/index.ts";
import { backboneNames, backboneOf } from "../src/nn/index.ts";
import { code, placed, table } from "./configuration-tables.ts";

export const methodPage = new URL("../docs/method.md", import.meta.url);

function methodsTable(): string {
  const rows = methodNames.map((name) => {
    const { loss, summary, softWeight, settings, scheduled } = methodOf(name);
    const w = settings.includes("softWeight") ? String(softWeight) : `fixed at ${softWeight}`;
    return [code(name), loss, summary, w, scheduled.map(code).join(", ") || "–"];
  });
  return table(["method", "loss", "what it learns from", "`softWeight`", "may change in a run"], rows);
}

function backbonesTable(): string {
  const rows = backboneNames.map((name) => {
    const { summary, featureDim, published } = backboneOf(name);
    return [code(name), summary, String(featureDim), published ? "torchvision, timm, transformers" : "those of a run"];
  });
  return table(["backbone", "is", "F", "weights for `--init`"], rows);
}

/** The page with its tables as they should be. */
export const withMethodTables = (page: string): string =>
  placed(page, { methods: methodsTable(), backbones: backbonesTable() });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(methodPage, withMethodTables(readFileSync(methodPage, "utf8")));
}
