/**
 * The Studio with many rows in headless Chromium: until it can be used, what an action, a filter and a search take, and its
 * memory. `--work` measures instead for how long its long computations keep the server from answering.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { linkSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { chromium, type Page } from "playwright-core";
import sharp from "sharp";
import { buildStudio } from "../scripts/studio.ts";
import { random } from "../src/core/index.ts";
import { normalizeRows } from "../src/eval/index.ts";
import { CHROMIUM_FLAGS, chromiumPath } from "../test/browser/chromium.ts";
import { sampleRow, writeSample } from "../test/collection-samples.ts";

const DIM = 256;
const CLASSES = 10;
const HEAPS = 5;
const TILES = 256;
const SHEET_SIDE = 1536;
/** Sheets of pictures of their own; the others are these again. */
const SHEETS = 4;
const FRAME_MS = 16;
const allPictures =
  "[...document.querySelectorAll('.cell img')].length > 20 && [...document.querySelectorAll('.cell img')].every((i) => i.naturalWidth === 96)";

const { values } = parseArgs({
  options: { rows: { type: "string", default: "100000" }, work: { type: "boolean", default: false } },
});
const rows = Number(values.rows);
const root = mkdtempSync(join(tmpdir(), "maskcon-bench-studio-"));
const [collection, bundle] = [join(root, "collection"), join(root, "page")];
process.once("exit", () => rmSync(root, { recursive: true }));
await writeCollection();
await buildStudio(bundle);

const child = fork(new URL("studio-child.ts", import.meta.url), [collection, bundle], {
  execArgv: ["--import", "tsx"],
});
const [{ url, startMs }] = (await once(child, "message")) as [{ url: string; startMs: number }];
say("collection opened by the server", startMs);
if (values.work) await longWork();
else await useIt();
child.disconnect();

/** Ten coarse classes of five heaps each, with a sheet for every 256 rows. */
async function writeCollection(): Promise<void> {
  const rng = random(1, rows);
  const centres = Float32Array.from({ length: CLASSES * HEAPS * DIM }, () => rng.normal());
  const vectors = new Float32Array(rows * DIM);
  for (let row = 0; row < rows; row++) {
    const heap = CLASSES * ((row >> 4) % HEAPS) + (row % CLASSES);
    for (let d = 0; d < DIM; d++) vectors[row * DIM + d] = centres[heap * DIM + d]! + 1.5 * rng.normal();
  }
  const unit = normalizeRows(vectors, DIM);
  const all = Array.from({ length: rows }, (_, i) => {
    const names = { coarse: `class ${i % CLASSES}`, fine: `kind ${(i >> 4) % HEAPS} of ${i % CLASSES}` };
    return sampleRow(i + 1, { ...names, sheet: 1 + Math.floor(i / TILES), tile: i % TILES });
  });
  const record = { trained: DIM, frozen: DIM, vectors: unit, frozenVectors: unit };
  await writeSample(collection, [all], { ...record, nextSheet: 2 + Math.floor(rows / TILES) });
  const sheet = (number: number) => join(collection, "sheets", `${String(number).padStart(6, "0")}.webp`);
  mkdirSync(join(collection, "sheets"));
  for (let number = 1; number <= Math.ceil(rows / TILES); number++) {
    if (number > SHEETS) linkSync(sheet(1 + (number % SHEETS)), sheet(number));
    else await writeNoise(sheet(number), number);
  }
}

async function writeNoise(file: string, seed: number): Promise<void> {
  const rng = random(2, seed);
  const side = SHEET_SIDE / 8;
  const pixels = Uint8Array.from({ length: side * side * 3 }, () => rng.integer(256));
  await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .resize(SHEET_SIDE, SHEET_SIDE)
    .ensureAlpha()
    .webp({ quality: 78, effort: 2 })
    .toFile(file);
}

function say(what: string, ms: number): void {
  console.log(`${what.padEnd(36)} ${ms.toFixed(0).padStart(7)} ms`);
}

interface Facts {
  readonly blockedMs: number;
  readonly blockedCpuMs: number;
  readonly peakMb: number;
}

async function facts(): Promise<Facts> {
  child.send("facts");
  const [answer] = (await once(child, "message")) as [Facts];
  return answer;
}

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  await facts();
  const start = performance.now();
  await work();
  say(what, performance.now() - start);
  const { blockedMs, blockedCpuMs, peakMb } = await facts();
  const blocked = `${blockedMs.toFixed(0).padStart(7)} ms blocked at most, ${blockedCpuMs.toFixed(0)} of them computing`;
  console.log(`${"".padEnd(36)} ${blocked}; peak ${peakMb.toFixed(0)} MB`);
}

async function useIt(): Promise<void> {
  const executablePath = chromiumPath();
  if (!executablePath) throw new Error("no Chromium on this machine: set CHROMIUM to its path");
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const heading = (name: string) => page.getByRole("heading", { name, exact: true }).waitFor();
  const inClass = (rows / CLASSES).toLocaleString("en");
  await timed("opened, and a key moves in it", async () => {
    await page.goto(url);
    await page.getByRole("listbox").focus();
    await page.keyboard.press("ArrowRight");
    await page.locator(".cell.cursor[data-index='1']").waitFor();
  });
  await timed("all pictures in sight", () => pictures(page));
  await timed("filter by a class", async () => {
    await page.getByLabel("coarse", { exact: true }).selectOption("class 3");
    await heading(`${inClass} images`);
  });
  await timed("search by both encoders", async () => {
    await page.getByRole("listbox").focus();
    await page.keyboard.press("Enter");
    await heading("Trained");
  });
  await timed("all pictures of what was found", () => pictures(page));
  await page.keyboard.press("Backspace");
  await page.getByRole("listbox", { name: "Images" }).focus();
  await timed("a class of images chosen", async () => {
    await page.keyboard.press("Control+a");
    await page.getByText(`${rows / CLASSES} images chosen`).waitFor();
  });
  await timed("their fine class changed", () => relabel(page));
  await timed("undone", async () => {
    await page.keyboard.press("z");
    await page.getByText(/^Undone: /).waitFor();
  });
  await timed("scrolled to the end, pictures there", async () => {
    await page.getByRole("listbox", { name: "Images" }).focus();
    await page.keyboard.press("End");
    await pictures(page);
  });
  await browser.close();
}

/** The page's own policy lets nobody put a loop into it. */
async function pictures(page: Page): Promise<void> {
  while (!(await page.evaluate(allPictures))) await page.waitForTimeout(FRAME_MS);
}

async function relabel(page: Page): Promise<void> {
  await page.keyboard.press("f");
  await page.keyboard.type("another");
  await page.keyboard.press("Enter");
  await page.getByText("fine class another. z takes it back.").waitFor();
}

async function longWork(): Promise<void> {
  const ask = async (path: string, init?: RequestInit) => (await fetch(`${url}${path}`, init)).json();
  type Answer = Record<string, unknown>;
  const until = async (path: string, isDone: (answer: Answer) => boolean) => {
    for (;;) {
      const answer = (await ask(path)) as Answer;
      if (answer.error) throw new Error(JSON.stringify(answer.error));
      if (isDone(answer)) return;
      await sleep(FRAME_MS);
    }
  };
  const body = JSON.stringify({ by: "frozen", coarse: [] });
  await timed("state and columns", async () => {
    await ask("/api/state");
    await (await fetch(`${url}/api/columns`)).arrayBuffer();
  });
  await timed("groups of all classes proposed", async () => {
    await ask("/api/groups/propose", { method: "POST", body });
    await until("/api/groups/propose", ({ isRunning }) => isRunning === false);
  });
  await timed("pairs of groups of a class", () => ask("/api/groups/pairs?coarse=0"));
  await timed("review", () => until("/api/review?by=trained", ({ state }) => state !== "working"));
  await timed("map", () => until("/api/map?by=trained", ({ state }) => state !== "working"));
}
