import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleProposal, sampleRows } from "../../../test/collection-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { checkProposal, type GroupProposal } from "./proposal.ts";
import { readProposal, writeProposal } from "./proposal-file.ts";

const BELOW = 31;
const good = sampleProposal(sampleRows(1, BELOW - 1));
const [first, ...others] = good.classes;
const withTree = (tree: Partial<GroupProposal["classes"][number]["tree"]>) => ({
  classes: [{ ...first!, tree: { ...first!.tree, ...tree } }, ...others],
});
const merge = (place: number, change: object) =>
  withTree({ merges: first!.tree.merges.map((own, i) => (i === place ? { ...own, ...change } : own)) });
const changed = (column: "ids" | "groups" | "likely" | "leaves", row: number, value: number) => ({
  [column]: good[column].map((own, i) => (i === row ? value : own)),
});

test.each<[string, Partial<GroupProposal>, RegExp]>([
  ["a class twice", { classes: [...good.classes, first!] }, /each class once/],
  ["a short column", { leaves: good.leaves.slice(1) }, /columns of 30 rows, found 29/],
  ["an id twice", changed("ids", 3, 3), /id 3, group/],
  ["an id too large", changed("ids", 29, BELOW), /id 31/],
  ["a group that is not there", changed("likely", 0, 6), /likely 6/],
  ["a group that is not the likely one", changed("groups", 0, 1), /group 1, likely 0/],
  ["a leaf of no image", changed("leaves", 0, 0), /leaf 0/],
  ["a confidence of NaN", { confidence: good.confidence.map(() => Number.NaN) }, /confidence NaN/],
  ["a merge of itself", merge(0, { left: 10 }), /node 10 below merge 0/],
  ["a child twice", merge(1, { left: 0 }), /node 0 below merge 1/],
  ["a negative child", merge(1, { left: -1 }), /node -1/],
  ["a height of NaN", merge(1, { height: Number.NaN }), /heights from 0 on, found NaN/],
  ["a merge too few", withTree({ merges: first!.tree.merges.slice(1) }), /one merge fewer than leaves/],
  ["a leaf too large", withTree({ leaves: first!.tree.leaves.map(() => BELOW) }), /ids below 31, found 31/],
  ["a node too few", withTree({ nodes: [0] }), /a node for each group, found 1 for 2/],
  ["a node of another tree", withTree({ nodes: [0, 100] }), /nodes of the tree, found 100/],
])("%s is refused", (_, change, message) => {
  checkProposal(good, BELOW, "here");
  expect(() => checkProposal({ ...good, ...change }, BELOW, "here")).toThrow(message);
});

const sha = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

test.each<[string, (values: Record<string, unknown>) => unknown, RegExp]>([
  ["another format", (values) => ({ ...values, format: "x" }), /000001\.json: expected a proposal, found format/],
  ["more rows than there are", (values) => ({ ...values, rows: 2 ** 40 }), /expected 31 rows, found 30/],
  ["no classes", ({ classes: _, ...values }) => values, /expected a proposal, found classes/],
  ["a short list", (values) => ({ ...values, classes: shorten(values.classes) }), /lists of several lengths/],
  ["no JSON", () => undefined, /000001\.json/],
])("a file with %s is refused, although its checksum is right", async (_, change, message) => {
  const folder = temporaryFolder();
  const files = await writeProposal(folder, "000001", good);
  expect(await readProposal(folder, files, BELOW)).toEqual(good);
  const file = join(folder, "groups/000001.json");
  const values = change(JSON.parse(readFileSync(file, "utf8")));
  writeFileSync(file, values === undefined ? "{" : JSON.stringify(values));
  await expect(readProposal(folder, { ...files, trees: sha(file) }, BELOW)).rejects.toThrow(message);
});

const shorten = (classes: unknown) =>
  (classes as { right: number[] }[]).map((own) => ({ ...own, right: own.right.slice(1) }));
