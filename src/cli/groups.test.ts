import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writePlanted } from "../../test/planted-groups.ts";
import { runCommand } from "../../test/run-command.ts";
import { csvRows } from "../formats/csv/index.ts";

let folder: string;
const at = (name: string) => join(folder, name);
/** By the trained vectors, which hold the planted groups; pairs and answers are by no vectors. */
const groups = (...more: string[]) => {
  const isAboutPairs = more.includes("--pairs") || more.includes("--answers");
  return runCommand(["groups", at("col"), ...(isAboutPairs ? [] : ["--by", "trained"]), ...more]);
};
const collection = (action: string, ...more: string[]) => runCommand(["collection", action, at("col"), ...more]);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "maskcon-groups-"));
  mkdirSync(at("col"));
  await writePlanted(at("col"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("proposes, names, merges, splits, assigns and undoes", { timeout: 60_000 }, async () => {
  const first = await groups();
  expect(first.code, first.err).toBe(0);
  expect(first.out.split("\n").slice(0, 6)).toEqual([
    "bird: 100 images, 2 groups",
    expect.stringMatching(/^ {2}1: 50 images, found again (0\.9|1\.0)\d$/),
    expect.stringMatching(/^ {2}2: 50 images, found again/),
    "  against 2 fine labels: 2 groups, AMI 1.000, ARI 1.000, accuracy 1.000",
    "fish: 50 images, one group (no more parts than one Gaussian has)",
    "  3: 50 images",
  ]);
  expect((await collection("name", "--group", "1", "--name", "robin")).out).toMatch(/: action 2: name\n$/);
  expect((await collection("merge", "--groups", "1,2")).out).toMatch(/: action 3: merge, group 4 \(100 images\)\n$/);
  expect((await collection("split", "--group", "4", "--into", "2")).out).toMatch(
    /: split, groups 5 \(50 images\), 6 \(50 images\)\n$/,
  );
  expect((await collection("split", "--group", "5", "--ids", "1,4", "7")).out).toMatch(
    /: split, groups 7 \(2 images\), 8 \(1 image\), 9 \(47 images\)\n$/,
  );
  expect((await collection("assign", "--group", "new", "--ids", "1-2", "--name", "odd")).out).toMatch(
    /group 10 \(2 images\)\n$/,
  );
  expect((await collection("assign", "--group", "odd", "--ids", "4")).code).toBe(0);
  expect((await collection("name", "--group", "od", "--name", "x")).err).toContain('did you mean "odd"?');
  expect((await collection("undo")).out).toMatch(/undo of action \d+: 1 image put into odd\n$/);
  expect((await collection("assign", "--group", "none", "--ids", "2")).code).toBe(0);
  const shown = JSON.parse((await collection("show", "--json")).out);
  expect(shown.groups).toContainEqual({ id: 10, coarse: "bird", name: "odd", images: 1 });
  expect(shown.ungrouped).toBe(1);
  expect((await collection("show")).out).toMatch(/ {2}groups +3: 50, .*10 odd: 1; 1 image in none\n/);
  for (let i = 0; i < 6; i++) expect((await collection("undo")).code).toBe(0);
  expect(JSON.parse((await collection("show", "--json")).out).groups).toHaveLength(3);
});

test("a group that goes into another class is counted by the images that are shown", { timeout: 60_000 }, async () => {
  expect((await collection("assign", "--group", "new", "--ids", "1,4,7", "--name", "odd")).code).toBe(0);
  expect((await collection("drop", "--ids", "7")).code).toBe(0);
  expect((await collection("relabel", "--ids", "1,4", "--coarse", "fish")).out).toMatch(
    /: relabel, 2 images, with group \d+ and 1 image of it that is dropped or missing\n$/,
  );
  expect((await collection("undo")).out).toMatch(/: 2 images given the coarse class fish\n$/);
  for (let i = 0; i < 2; i++) expect((await collection("undo")).code).toBe(0);
});

test("writes lists, and JSON", { timeout: 60_000 }, async () => {
  const { code, out, err } = await groups(
    "--json",
    "--csv",
    at("g.csv"),
    "--parquet",
    at("g.parquet"),
    "--coarse",
    "bird",
  );
  expect(code, err).toBe(0);
  const { classes } = JSON.parse(out);
  expect(classes).toHaveLength(1);
  expect(classes[0].groups[0]).toMatchObject({ id: expect.any(Number), size: 50 });
  const [header, ...lines] = [...csvRows(readFileSync(at("g.csv"), "utf8"), "g.csv")].map(({ fields }) => fields);
  expect(header).toEqual(["id", "path", "coarse", "group", "name", "confidence"]);
  expect(lines).toHaveLength(150);
  expect(lines[1]!.slice(0, 3)).toEqual(["2", "2/2.png", "bird"]);
  expect(existsSync(at("g.parquet"))).toBe(true);
  expect((await groups("--csv", at("g.csv"))).err).toMatch(/expected a new file/);
});

test("exports lists; folders of images that are not there are refused", { timeout: 60_000 }, async () => {
  expect((await collection("export", "--csv", at("e.csv"))).err).toMatch(/wrote .*e\.csv/);
  expect(readFileSync(at("e.csv"), "utf8").split("\n")).toHaveLength(152);
  expect(await collection("export")).toMatchObject({
    code: 2,
    err: expect.stringMatching(/expected one of them or more/),
  });
  const { code, err } = await collection("export", "--folders", at("out"));
  expect(code).toBe(1);
  expect(err).toMatch(/^maskcon: .*png: expected images as they were collected, /);
  expect(existsSync(at("out"))).toBe(false);
  expect((await collection("export", "--folders", at("out"), "--unsure", "x")).err).toMatch(/--unsure: expected skip/);
});

test("writes pairs to be answered, and scores the answers", { timeout: 60_000 }, async () => {
  expect((await groups()).code).toBe(0);
  const { out, err } = await groups("--pairs", at("p.csv"), "--count", "40", "--seed", "3");
  expect(out, err).toMatch(/^40 pairs: write yes, no or \? into the column "same" of .*p\.csv\n$/);
  const [header, ...lines] = readFileSync(at("p.csv"), "utf8").trimEnd().split("\n");
  // Ids go round robin, wren, trout.
  const filled = lines.map((line) => {
    const [id, other] = line.split(",").map(Number);
    return `${line}${(id! - other!) % 3 === 0 ? "yes" : "no"}`;
  });
  writeFileSync(at("filled.csv"), `${[header, ...filled].join("\n")}\n`);
  const scored = await groups("--answers", at("filled.csv"));
  expect(scored.out, scored.err).toMatch(/^40 pairs answered, 0 cannot say\n/);
  expect(scored.out).toContain("inside groups: 20 of 20 of one fine class; across groups: 0 of 20");
  expect(scored.out).toMatch(/precision of pairs: 1\.000 \(95 %: 0\.839 to 1\.000\)/);
  const scores = JSON.parse((await groups("--answers", at("filled.csv"), "--json")).out);
  expect(scores.recall).toMatchObject({ value: 1, high: 1 });
  expect(JSON.parse((await collection("show", "--json")).out).groups).toHaveLength(3);
  const refused = async (flags: readonly string[], message: RegExp) =>
    expect(await groups(...flags)).toMatchObject({ code: 2, err: expect.stringMatching(message) });
  await refused(["--pairs", at("p.csv")], /expected a new file/);
  await refused(["--pairs", at("q.csv"), "--count", "1"], /--count: expected a whole number of at least 2/);
  await refused(["--pairs", at("q.csv"), "--answers", at("p.csv")], /--pairs, --answers: expected/);
  await refused(["--pairs", at("q.csv"), "--csv", at("r.csv")], /--pairs, --csv: expected/);
  await refused(["--pairs", at("q.csv"), "--by", "trained"], /--pairs, --by: expected/);
  await refused(["--answers", at("filled.csv"), "--replace-named"], /--answers, --replace-named: expected/);
  await refused(["--answers", at("filled.csv"), "--count", "9"], /--answers, --count: expected/);
  await refused(["--count", "50"], /--count: expected --pairs FILE with it/);
  await refused(["--answers", at("p.csv")], /expected "same" or "different" .*answer more pairs/);
  expect((await groups("--answers", at("none.csv"))).err).toMatch(/none\.csv/);
});

test("what is wrong is refused in one line", { timeout: 60_000 }, async () => {
  const refused = async (said: ReturnType<typeof runCommand>, message: RegExp) => {
    const { code, err } = await said;
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err.trimEnd()).not.toContain("\n");
  };
  await refused(groups("--seed", "x"), /--seed: expected a whole number/);
  await refused(groups("--by", "x"), /--by/);
  await refused(groups("--coarse", "brid"), /coarse: expected a coarse class of the collection, found "brid"/);
  await refused(collection("name", "--group", "1"), /--name/);
  await refused(collection("name", "--group", "999", "--name", "x"), /expected a group of the collection, found 999/);
  await refused(collection("merge", "--groups", "1-2-3"), /--groups/);
  await refused(
    collection("name", "--group", "robbin", "--name", "x"),
    /--group: expected the id or the name of a group, found "robbin"/,
  );
  await refused(
    collection("merge", "--groups", "1,wren"),
    /--groups: expected the id or the name of a group, found "wren"/,
  );
  await refused(collection("split", "--group", "1"), /--into, --ids: expected one of them/);
  await refused(collection("assign", "--group", "1", "--ids", "1", "--name", "x"), /--name: expected --group new/);
});
