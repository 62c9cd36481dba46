import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM_FLAGS, chromiumPath } from "../../test/browser/chromium.ts";
import { png, put } from "../../test/data-samples.ts";
import { channelMeans, type ForeignNode } from "../../test/foreign-models.ts";
import { runCommand } from "../../test/run-command.ts";
import { openCollection } from "../collection/index.ts";
import { writeNpy } from "../formats/numpy/index.ts";

let folder: string;
const at = (name: string) => join(folder, name);
const search = (...more: string[]) => runCommand(["search", at("col"), ...more]);
const collection = (action: string, ...more: string[]) => runCommand(["collection", action, at("col"), ...more]);

/** Names of files that are markup, a formula, and long. */
const HOSTILE = ['<img src=x onerror="window.bad=1">', "=1+1'\"&amp;", `${"long".repeat(50)}`];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "maskcon-search-"));
  const names = [...HOSTILE, ...Array.from({ length: 13 }, (_, i) => String(i))];
  for (const [i, name] of names.entries())
    put(folder, `data/${i % 2 ? "b/z" : "a/y"}/${name}.png`, await png(16 * i, 16, 16));
  const sizes = ["--image-size", "16", "--batch-size", "4", "--queue-size", "8", "--embedding-dim", "4"];
  const more = ["--backbone", "resnet20", "--workers", "1", "--steps", "1", "--test-fraction", "0"];
  expect(await runCommand(["train", at("data"), "--out", at("run"), ...sizes, ...more])).toMatchObject({ code: 0 });
  expect(await runCommand(["collect", at("run"), "--out", at("col")])).toMatchObject({ code: 0 });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

it("prints a table of the most similar images", async () => {
  const { code, out } = await search("--id", "2", "--top", "3");
  expect(code).toBe(0);
  const lines = out.trimEnd().split("\n");
  expect(lines[0]!.trim().split(/ {2,}/)).toEqual(["id", "score", "coarse", "fine", "split", "name"]);
  expect(lines).toHaveLength(4);
  const scores = lines.slice(1).map((line) => Number(line.trim().split(/ +/)[1]));
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
});

it("finds the image itself by its file, by either encoder, without the run", { timeout: 30_000 }, async () => {
  rmSync(at("run"), { recursive: true });
  for (const by of ["trained", "frozen"]) {
    const { code, out } = await search("--image", at("data/b/z/2.png"), "--by", by, "--json", "--where", "coarse=b");
    expect(code).toBe(0);
    const { results } = JSON.parse(out);
    expect(results).toHaveLength(8);
    expect(results[0]).toMatchObject({ coarse: "b", fine: "z", split: "train", name: "b/z/2.png" });
    expect(results[0].score).toBeCloseTo(1, 5);
  }
});

it("refuses an encoder that was put in the place of the collection's own", { timeout: 30_000 }, async () => {
  const file = at("col/encoder.onnx");
  const own = readFileSync(file);
  const refused = async (model: Uint8Array, message: RegExp) => {
    writeFileSync(file, model);
    expect(await search("--image", at("data/b/z/2.png"))).toEqual({
      ...{ code: 1, out: "" },
      err: expect.stringMatching(message),
    });
  };
  await refused(channelMeans(), /encoder\.onnx: expected \d+ features an image, found \[1, 3\]/);
  const nodes: ForeignNode[] = [
    ["quotient", "Div", ["least", "minus"]],
    ["number", "Cast", ["quotient"], { to: 1 }],
    ["means", "ReduceMean", ["images"], { axes: [2, 3], keepdims: 0 }],
    ["features", "Add", ["means", "number"]],
  ];
  const constants = { least: { dims: [1], ints: [-(2 ** 63)] }, minus: { dims: [1], ints: [-1] } };
  await refused(
    channelMeans("s", "N", { nodes, constants }),
    /encoder\.onnx: .* one that ends the process that runs it/,
  );
  writeFileSync(file, own);
});

it("finds it by its vector", async () => {
  const opened = await openCollection(at("col"));
  const dim = opened.record.encoder.trained;
  const row = opened.rows.names.indexOf("b/z/2.png");
  const vector = (await opened.vectors("trained")).slice(row * dim, (row + 1) * dim);
  await writeNpy(at("v.npy"), { rows: 1, columns: dim }, [vector]);
  const { out } = await search("--vector", at("v.npy"), "--json", "--top", "1");
  expect(JSON.parse(out).results[0]).toMatchObject({ name: "b/z/2.png", id: opened.rows.ids[row] });
});

it("labels images, and takes it back", async () => {
  expect(await collection("relabel", "--ids", "1-3", "--fine", "new")).toMatchObject({
    code: 0,
    out: expect.stringContaining("action 1: relabel, 3 images"),
  });
  expect((await search("--id", "1", "--where", "fine=new")).out.trimEnd().split("\n")).toHaveLength(3);
  await collection("drop", "--ids", "2");
  expect((await search("--id", "1", "--where", "fine=new")).out.trimEnd().split("\n")).toHaveLength(2);
  const shown = JSON.parse((await collection("show", "--json")).out);
  expect(shown).toMatchObject({
    images: 15,
    dropped: 1,
    lastAction: { n: 2, text: "1 image taken out" },
    fine: expect.arrayContaining([{ class: "new", images: 2 }]),
  });
  const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;
  expect((await collection("undo")).out).toContain("undo of action 2: 1 image taken out");
  const log = `2  ${time}  1 image taken out \\(undone\\)\n1  ${time}  3 images given the fine class new`;
  expect((await collection("log")).out).toMatch(new RegExp(`^${log}\n$`));
  expect(JSON.parse((await collection("log", "--last", "1", "--json")).out)).toMatchObject({
    actions: [{ n: 2, text: "1 image taken out", isUndone: true }],
  });
  expect(await collection("log", "--last", "0")).toMatchObject({
    code: 2,
    err: expect.stringContaining("--last: expected a whole number of at least 1"),
  });
  expect((await collection("undo")).out).toContain("undo of action 1: 3 images given the fine class new");
  expect((await collection("undo")).out).toContain("nothing to undo");
  expect((await collection("show")).out).toMatch(/16 images\n {2}coarse {2}a 8, b 8\n/);
  expect(await collection("check")).toMatchObject({ code: 0 });
});

it("refuses in one line what cannot be", async () => {
  put(folder, "text.png", "text");
  put(folder, "mine.html", "<p>mine</p>");
  const refused = async (said: Promise<{ code: number; err: string }>, code: number, message: RegExp) => {
    const { err, ...rest } = await said;
    expect([rest.code, err]).toEqual([code, expect.stringMatching(message)]);
    expect(err.trimEnd()).not.toContain("\n");
  };
  await refused(search(), 2, /--id, --image, --vector: expected one of them/);
  await refused(search("--id", "1", "--image", "x.png"), 2, /found several/);
  await refused(search("--id", "x"), 2, /--id: expected a number/);
  await refused(search("--id", "999"), 2, /id: expected an id from 1 to 16, found 999/);
  await refused(search("--image", at("none.png")), 1, /none\.png: expected a picture, found nothing of that name/);
  await refused(search("--image", at("text.png")), 1, /its content is text/);
  await refused(search("--vector", at("text.png")), 1, /expected a \.npy array/);
  await refused(search("--id", "1", "--where", "coarse"), 2, /--where: expected COLUMN=VALUE/);
  await refused(search("--id", "1", "--where", "coarse=c"), 2, /where coarse: expected a coarse class/);
  await refused(search("--id", "1", "--by", "both"), 2, /--by: expected trained or frozen/);
  await refused(search("--id", "1", "--top", "0"), 2, /--top: expected a whole number/);
  await refused(search("--id", "1", "--html", at("mine.html")), 2, /expected a new file, or a search page of maskcon/);
  await refused(collection("relabel", "--ids", "1-99", "--fine", "x"), 2, /--ids: expected ascending ids below 17/);
  await refused(collection("relabel", "--ids", "1"), 2, /--coarse, --fine: expected a class/);
  await refused(runCommand(["search", folder, "--id", "1"]), 2, /expected the folder of a collection/);
});

const executable = chromiumPath();
if (!executable) console.warn("SKIPPED: no Chromium on this machine; the page of a search is not opened");

describe.skipIf(!executable)("the page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executable!, args: CHROMIUM_FLAGS });
  });
  afterAll(() => browser?.close());

  it.each(["id", "image"])("of a query by %s shows every picture, asks for nothing and runs nothing", async (by) => {
    const { rows } = await openCollection(at("col"));
    const query = by === "id" ? String(rows.ids[rows.names.indexOf(`a/y/${HOSTILE[0]}.png`)]) : at("data/b/z/2.png");
    const file = at(`${by}.html`);
    expect(await search(`--${by}`, query, "--html", file)).toMatchObject({ code: 0 });
    // A second time it is its own page that is replaced.
    expect(await search(`--${by}`, query, "--html", file)).toMatchObject({ code: 0 });
    const tab = await browser.newPage();
    const problems: string[] = [];
    tab.on("console", (message) => problems.push(message.text()));
    tab.on("pageerror", (error) => problems.push(String(error)));
    const asked: string[] = [];
    tab.on("request", (request) => asked.push(request.url().slice(0, 20)));
    await tab.goto(`file://${file}`);
    // In a page; the types of one are not those of this program.
    const seen = (await tab.evaluate(`({
      sizes: [...document.images].map((image) => image.naturalWidth),
      rows: [...document.querySelectorAll("ol")].map((list) => list.children.length),
      titles: [...document.querySelectorAll("li")].map((item) => item.title),
      bad: window.bad ?? 0,
      scripts: document.scripts.length,
      policy: document.querySelector("meta[http-equiv]").content,
    })`)) as { sizes: number[]; rows: number[]; titles: string[]; bad: number; scripts: number; policy: string };
    const found = by === "id" ? 15 : 16;
    expect(seen.rows).toEqual([found, found]);
    expect(seen.sizes).toHaveLength(2 * found + 1);
    expect(Math.min(...seen.sizes)).toBeGreaterThan(0);
    expect(seen.titles).toContain(`b/z/${HOSTILE[1]}.png`);
    expect([seen.bad, seen.scripts, problems]).toEqual([0, 0, []]);
    expect(asked.filter((url) => !/^(file|data):/.test(url))).toEqual([]);
    expect(seen.policy).toMatch(/^default-src 'none'; .*script-src 'none'/);
    await tab.close();
  });
});
