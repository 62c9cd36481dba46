import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page, type Request } from "playwright-core";
import sharp from "sharp";
import { afterAll, expect, onTestFailed } from "vitest";
import { buildStudio } from "../../scripts/studio.ts";
import { random } from "../../src/core/index.ts";
import { normalizeRows } from "../../src/eval/index.ts";
import { type StudioOptions, startStudio } from "../../src/studio/index.ts";
import { CHROMIUM_FLAGS, chromiumPath } from "../browser/chromium.ts";
import { sampleRows, writeSample } from "../collection-samples.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const DIM = 8;
const TILE = 96;
const SHEET_COLUMNS = 16;
/** Two copies of one file. */
const SAME_FILE = [15, 33] as const;
/** Images and their copies, of the same heap; the last across splits. */
const COPIES = [
  [13, 25],
  [14, 26],
  [15, 33],
  [10, 16],
] as const;

const heapOf = (id: number): number => 2 * (id % 3) + (id % 2);

/**
 * Rows of three coarse classes, each of two heaps of vectors, with thumbnails and four copies. At most 255.
 * @param o.unlabelled the class whose images have no label
 */
export async function heapsCollection(rows = 240, o: { readonly unlabelled?: string } = {}): Promise<string> {
  const folder = temporaryFolder();
  const vectors = new Float32Array(rows * DIM);
  for (let row = 0; row < rows; row++) {
    const rng = random(7, row);
    for (let d = 0; d < DIM; d++) vectors[row * DIM + d] = 0.15 * rng.normal() + (d === heapOf(row + 1) ? 1 : 0);
  }
  const unit = normalizeRows(vectors, DIM);
  for (const [id, copy] of COPIES) unit.copyWithin((copy - 1) * DIM, (id - 1) * DIM, id * DIM);
  const all = sampleRows(1, rows).map((row) => (row.coarse === o.unlabelled ? { ...row, coarse: undefined } : row));
  const [of, same] = SAME_FILE.map((id) => all[id - 1]!);
  await writeSample(folder, [all.with(same!.id - 1, { ...same!, hash: of!.hash })], {
    trained: DIM,
    frozen: DIM,
    vectors: unit,
    frozenVectors: unit,
  });
  mkdirSync(join(folder, "sheets"));
  writeFileSync(join(folder, "sheets", "000001.webp"), await sheetOf(rows));
  return folder;
}

const sheets = new Map<number, Promise<Buffer>>();

/** The thumbnails of so many rows, drawn once a file of tests. */
function sheetOf(rows: number): Promise<Buffer> {
  const sheet = sheets.get(rows) ?? drawSheet(rows);
  sheets.set(rows, sheet);
  return sheet;
}

async function drawSheet(rows: number): Promise<Buffer> {
  const tiles = await Promise.all(
    Array.from({ length: rows }, async (_, i) => ({
      input: await picture(i + 1, heapOf(i + 1)),
      ...{ left: ((i + 1) % SHEET_COLUMNS) * TILE + 8, top: Math.floor((i + 1) / SHEET_COLUMNS) * TILE + 8 },
    })),
  );
  const side = SHEET_COLUMNS * TILE;
  return sharp({ create: { width: side, height: side, channels: 4, background: "#00000000" } })
    .composite(tiles.filter(({ top }) => top < side))
    .webp({ lossless: true })
    .toBuffer();
}

/** Blots of an image's own on the colour of its heap; copies share them. */
async function picture(id: number, heap: number): Promise<Buffer> {
  const rng = random(11, COPIES.find(([, copy]) => copy === id)?.[0] ?? id);
  const blots = Array.from({ length: 12 }, () => {
    const [x, y, r, light] = [rng.integer(80), rng.integer(80), 4 + rng.integer(14), rng.integer(256)];
    return `<circle cx="${x}" cy="${y}" r="${r}" fill="rgb(${light},${light},${light})"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="80"><rect width="80" height="80" fill="${colour(heap)}"/>${blots.join("")}</svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

const colour = (heap: number): string => ["#c0392b", "#e67e22", "#27ae60", "#16a085", "#2980b9", "#8e44ad"][heap]!;

let built: Promise<string> | undefined;

/** The page's bundle, made once a file of tests. */
function builtPage(): Promise<string> {
  const build = async () => {
    const folder = mkdtempSync(join(tmpdir(), "maskcon-page-"));
    await buildStudio(folder);
    return folder;
  };
  built ??= build();
  return built;
}

/** In the order of their keys. */
const PAGES = ["Gallery", "Map", "Groups", "Review", "Runs", "Targets"] as const;

export interface OpenPage {
  readonly page: Page;
  readonly url: string;
  /** What went wrong in the page; a test expects none at its end. */
  readonly problems: readonly string[];
  /** Goes to a page by its key. */
  turnTo(name: (typeof PAGES)[number]): Promise<void>;
  /** Findings of axe that are serious or critical, in a line each. */
  findings(): Promise<string[]>;
  /** Stops the server, and starts another at its address, of this collection, after `between`. */
  restart(collection: string, between?: () => Promise<unknown>): Promise<void>;
  close(): Promise<void>;
}

interface PageOptions extends Partial<StudioOptions> {
  readonly colorScheme?: "light" | "dark";
  /** Flags of Chromium beside those that every test takes. */
  readonly flags?: readonly string[];
}

const browsers = new Map<string, Promise<Browser>>();

/** One for a file of tests: a page has a context of its own. */
function browserWith(flags: readonly string[]): Promise<Browser> {
  const key = flags.join(" ");
  const browser =
    browsers.get(key) ?? chromium.launch({ executablePath: chromiumPath()!, args: [...CHROMIUM_FLAGS, ...flags] });
  browsers.set(key, browser);
  return browser;
}

afterAll(async () => {
  if (built) rmSync(await built, { recursive: true });
  for (const browser of browsers.values()) await (await browser).close();
});

/** Whether there is a browser to test in. */
export const hasBrowser = chromiumPath() !== undefined;

/** A collection in the Studio in a browser. */
export async function openStudioPage(collection: string, o: PageOptions = {}): Promise<OpenPage> {
  const { colorScheme = "light", flags = [], ...options } = o;
  const bundle = await builtPage();
  const start = (folder: string, port = 0) =>
    startStudio(folder, {
      ...{ host: "127.0.0.1", port, threads: 1, page: bundle, log: (line) => expect.fail(line) },
      ...options,
    });
  let server = await start(collection);
  const { url } = server;
  const browser = await browserWith(flags);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme });
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  page.on("pageerror", ({ message }) => problems.push(message));
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) problems.push(`asks ${request.url()}`);
  });
  const look = tellOnFailure(page, problems);
  await page.goto(url);
  await page.waitForSelector("main h2");
  return {
    ...{ page, problems, url },
    async turnTo(name) {
      await page.keyboard.press(String(1 + PAGES.indexOf(name)));
      await page.locator("nav [aria-current=page]", { hasText: name }).waitFor();
    },
    findings: () => findingsOf(page),
    async restart(folder, between) {
      await server.close(0);
      await between?.();
      server = await start(folder, Number(new URL(url).port));
    },
    async close() {
      await look();
      await page.close();
      await server.close(0);
    },
  };
}

/** Says with a test that fails what the page said last, and what it waited for. Returns the look that comes before it closes. */
function tellOnFailure(page: Page, problems: readonly string[]): () => Promise<void> {
  const asked = new Set<Request>();
  page.on("request", (request) => asked.add(request));
  page.on("requestfinished", (request) => asked.delete(request));
  page.on("requestfailed", (request) => asked.delete(request));
  let seen = "";
  onTestFailed(() => console.error(seen));
  return async () => {
    const said = await page.locator(".status").textContent({ timeout: 1000 }).catch(String);
    const open = [...asked].map((request) => `${request.method()} ${request.url()}`);
    seen = JSON.stringify({ address: page.url(), said, withoutAnswer: open, problems }, undefined, 1);
  };
}

async function findingsOf(page: Page): Promise<string[]> {
  // Put in by the debugger: the page's own policy runs no script but the Studio's.
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  const { violations } = (await page.evaluate("axe.run()")) as { violations: Violation[] };
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`);
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string }[];
}
