import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveConfig } from "../config/index.ts";
import { fail, MaskconError, random } from "../core/index.ts";
import type { Dataset, LoadedData } from "../data/index.ts";
import { loadRun, runPaths, type TrainEvent } from "../run/index.ts";
import { train } from "../train/index.ts";
import { type Report, type ReportOptions, report } from "./index.ts";

const side = 16;
const hostile = {
  coarse: [`"><img src=x onerror=alert(1)>`, "</style><script>alert(2)</script>"],
  fine: ["</script><script>alert(3)</script>", "' onload='alert(4)", "<!--", "http://evil.example/\u202e\u0000x"],
};

/** Noise in four colours; every other image of the last class has the colour of the one before. */
function hostileSet(name: string, length: number): Dataset {
  const rng = random(7, length);
  const fine = Int32Array.from({ length }, (_, i) => i % 4);
  const pixels = new SharedArrayBuffer(length * side * side * 3);
  new Uint8Array(pixels).forEach((_, p, bytes) => {
    const image = Math.floor(p / (side * side * 3));
    bytes[p] = 40 * (image % 8 === 7 ? 2 : fine[image]!) + rng.integer(90);
  });
  return {
    name,
    length,
    coarseClasses: hostile.coarse,
    fineClasses: hostile.fine,
    coarse: fine.map((label) => label >> 1),
    fine,
    ids: (index) => `${index}</script><img src=x onerror=alert(5)>`,
    source: { kind: "memory", width: side, height: side, pixels },
    normalization: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
  };
}

const data: LoadedData = {
  name: "<tiny>",
  train: hostileSet("<tiny>", 24),
  test: hostileSet("<tiny>", 20),
  skipped: [],
};
const config = resolveConfig({
  flags: {
    ...{ backbone: "resnet20", imageSize: side, batchSize: 8, queueSize: 16, embeddingDim: 8, workers: 1 },
    ...{ steps: 3, evalEvery: 1, diagnoseEvery: 1, strong: "crop-flip" },
  },
});

let root: string;
let whole: Report;
let count = 0;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "maskcon-report-"));
  await train(config, data, { out: join(root, "run") });
  const stop = new AbortController();
  const onEvent = ({ event }: TrainEvent) => void (event === "eval" && stop.abort());
  await train(config, data, { out: join(root, "begun"), signal: stop.signal, onEvent });
  whole = await reportOn();
});
afterAll(() => rmSync(root, { recursive: true }));

/** A report on a copy of the run, after `damage` to it. */
async function reportOn(
  o: Pick<ReportOptions, "asked"> & { damage?: (folder: string) => void; data?: () => Promise<LoadedData> } = {},
): Promise<Report> {
  const folder = join(root, `copy-${count++}`);
  cpSync(join(root, "run"), folder, { recursive: true });
  o.damage?.(folder);
  const run = await loadRun(folder);
  const { config } = run.record;
  const asked = o.asked ?? {};
  return report({ run, config, data: o.data ?? (async () => data), own: true, asked, queries: 3, map: 12 });
}

/** The page's elements as [name, attributes], checked to be nested rightly. */
function elements(page: string): [name: string, attributes: string][] {
  const empty = new Set(["meta", "link", "img", "br", "wbr", "input", "circle"]);
  const open: string[] = [];
  const found: [string, string][] = [];
  const text = page.replace(/(<(script|style)\b[^>]*>)[\s\S]*?(?=<\/\2>)/g, "$1");
  for (const [, close, name, attributes] of text.matchAll(/<(\/?)([a-zA-Z][\w-]*)((?:[^<>"]|"[^"]*")*)>/g)) {
    if (close) expect(open.pop()).toBe(name);
    else {
      found.push([name!, attributes!]);
      if (!empty.has(name!) && !attributes!.endsWith("/")) open.push(name!);
    }
  }
  expect(open).toEqual([]);
  return found;
}

const sectionsOf = ({ html }: Report) => [...html.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);
const all = ["recall", "classes", "curves", "targets", "retrieval", "map", "confusions", "facts"];

describe("a whole run", () => {
  it("has every part and nothing missing", () => {
    expect(whole.missing).toEqual([]);
    expect(sectionsOf(whole)).toEqual(all);
    expect(whole.html).not.toContain("What is missing");
    expect(whole.html).toContain(" 20 images say little: one is 5.0 points");
    expect(whole.html).toContain("K is left out where it is not smaller");
    expect(whole.html).not.toContain("R@50");
    expect(whole.html).not.toMatch(/\bNaN\b|\bundefined\b|\[object/);
  });

  it("draws the targets that the run measured, and leaves them out where it measured none", async () => {
    const [, drawn] = whole.html.match(/<section id="targets">([\s\S]*?)<\/section>/)!;
    for (const method of ["selfcon", "supcon", "grafit", "maskcon"]) expect(drawn).toContain(method);
    expect(drawn).toContain("total variation");
    const forget = (folder: string) => {
      const lines = readFileSync(runPaths(folder).metrics, "utf8").split("\n");
      writeFileSync(runPaths(folder).metrics, lines.filter((line) => !line.includes('"diagnose"')).join("\n"));
    };
    const without = await reportOn({ damage: forget });
    expect(without.missing).toEqual([]);
    expect(sectionsOf(without)).toEqual(all.filter((id) => id !== "targets"));
  });

  it("gives the same bytes again", async () => {
    expect((await reportOn()).html).toBe(whole.html);
  });

  it("lets no name become markup or script", () => {
    const found = elements(whole.html);
    expect(found.filter(([name]) => name === "script")).toEqual([
      ["script", ' type="application/json" id="map-data"'],
      ["script", ""],
    ]);
    expect(found.filter(([, attributes]) => / on\w+=/.test(attributes.replace(/"[^"]*"/g, '""')))).toEqual([]);
    expect(whole.html).not.toMatch(/<img src=x|<!--|\p{Cc}(?<!\n)|\u202e/u);
    const policy = whole.html.match(/Content-Security-Policy" content="([^"]+)"/)![1]!.replaceAll("&#39;", "'");
    const script = whole.html.match(/<script>([\s\S]*?)<\/script>/)![1]!;
    expect(policy).toContain(`script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`);
    expect(policy).toContain("default-src 'none'; img-src data:");
  });

  it("asks nobody for anything", () => {
    for (const [name, attributes] of elements(whole.html)) {
      for (const [, target] of attributes.matchAll(/\s(?:src|href|srcset|action|data|poster)="([^"]*)"/g)) {
        expect(target, name).toMatch(/^(#[a-z]+|data:(,|image\/(png|webp);base64,[\w+/=]+))$/);
      }
    }
    const styles = [...whole.html.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, style]) => style!);
    for (const style of styles) expect(style).not.toMatch(/@import|url\((?!data:image\/webp;base64,)/);
  });

  it("can be read without sight", () => {
    const found = elements(whole.html);
    for (const [name, attributes] of found) if (name === "img") expect(attributes).toMatch(/ alt="/);
    const charts = found.filter(([name]) => name === "svg");
    for (const [, attributes] of charts) expect(attributes).toMatch(/ role="(img|none)"/);
    const count = (name: string) => found.filter(([other]) => other === name).length;
    expect(count("caption")).toBe(count("table"));
    expect(count("h1")).toBe(1);
    const levels = found.flatMap(([name]) => (/^h[1-6]$/.test(name) ? [Number(name[1])] : []));
    levels.slice(1).forEach((level, i) => void expect(level - levels[i]!).toBeLessThanOrEqual(1));
    const ids = found.flatMap(([, attributes]) => attributes.match(/ id="([^"]+)"/)?.[1] ?? []);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("what is missing is said and the rest shown", () => {
  const cases: Record<string, [Parameters<typeof reportOn>[0], RegExp, readonly string[]]> = {
    "images that cannot be read": [
      { data: async () => fail("data", { where: "pictures", expected: "a folder", found: "none" }) },
      /no images: pictures: expected a folder, found none\n.*what the run recorded/,
      ["recall", "curves", "targets", "facts"],
    ],
    "no test images": [
      { data: async () => ({ ...data, test: undefined }) },
      /no test images: what follows is measured on the training images/,
      all,
    ],
    "no fine labels": [
      { data: async () => ({ ...data, test: { ...data.test!, fine: undefined, fineClasses: undefined } }) },
      /fine labels are unknown/,
      all.filter((id) => id !== "confusions"),
    ],
    "fine labels that no two images share": [
      { data: async () => ({ ...data, test: { ...hostileSet("lone", 4), fine: Int32Array.of(0, 1, 2, 3) } }) },
      /^no two of the images share a fine class: coarse classes only$/,
      ["recall", "classes", "curves", "targets", "retrieval", "facts"],
    ],
    "a single image": [
      { data: async () => ({ ...data, test: hostileSet("one", 1) }) },
      /^no two of the images share a fine class/,
      ["recall", "curves", "targets", "facts"],
    ],
    "no checkpoint yet": [
      { damage: (folder) => rmSync(runPaths(folder).checkpoints, { recursive: true }) },
      /no trained encoder: .*\n.*no frozen baseline/,
      ["recall", "curves", "targets", "facts"],
    ],
    "no step yet": [
      {
        damage: (folder) => {
          const checkpoints = runPaths(folder).checkpoints;
          rmSync(checkpoints, { recursive: true });
          cpSync(join(root, "begun", "checkpoints"), checkpoints, { recursive: true });
          unlinkSync(runPaths(folder).metrics);
          unlinkSync(runPaths(folder).evaluation);
        },
      },
      /no trained encoder: the run has not taken a step yet/,
      ["recall", "classes", "retrieval", "facts"],
    ],
    "torn metrics": [
      { damage: (folder) => truncateSync(runPaths(folder).metrics, statSync(runPaths(folder).metrics).size - 9) },
      /metrics\.jsonl: passed over what is unreadable or torn: line \d+$/m,
      all,
    ],
    "no metrics, a torn evaluation and no images": [
      {
        damage: (folder) => {
          unlinkSync(runPaths(folder).metrics);
          writeFileSync(runPaths(folder).evaluation, '{"trained": {"coa');
        },
        data: async () => fail("data", { where: "pictures", expected: "a folder", found: "none" }),
      },
      /no metrics\.jsonl.*\n.*\n.*no evaluation was recorded either/,
      ["facts"],
    ],
  };
  it.each(Object.entries(cases))("%s", async (_, [given, said, sections]) => {
    const made = await reportOn(given);
    expect(made.missing.join("\n")).toMatch(said);
    expect(sectionsOf(made)).toEqual(sections);
    elements(made.html);
    expect(made.html).not.toContain("of step 0");
    const fine = !/fine labels are unknown|share a fine class/.test(made.missing.join());
    if (sections.includes("retrieval"))
      expect(made.html).toContain(`Right means of the same ${fine ? "fine" : "coarse"} class`);
    if (made.missing.length > 0) expect(made.html).toContain("What is missing");
  });
});

describe("what was asked for by name has to be there", () => {
  const unreadable = async () => fail("data", { where: "pictures", expected: "a folder", found: "none" });
  const withoutCheckpoints = (folder: string) => rmSync(runPaths(folder).checkpoints, { recursive: true });
  it.each<[string, Parameters<typeof reportOn>[0], RegExp]>([
    ["images", { asked: { data: true }, data: unreadable }, /^pictures: expected a folder, found none$/],
    ["an encoder", { asked: { encoder: true }, damage: withoutCheckpoints }, /checkpoint/],
  ])("%s", async (_, given, said) => {
    await expect(reportOn(given)).rejects.toThrow(said);
    expect((await reportOn({ ...given, asked: {} })).missing.length).toBeGreaterThan(0);
  });
});

it("reports or refuses in one line, whatever stands in place of a number of config.json", async () => {
  // As by an earlier version, in which an edit could not be seen.
  const text = readFileSync(runPaths(join(root, "run")).config, "utf8").replace(/,\s*"sha256": "\w+"/, "");
  const numbers = [...text.matchAll(/(?<=": )-?[\d.]+/g)].map(({ index }) => index);
  const values = fc.constantFrom("1e308", "-1", "0", "1.5", "2147483648", "9007199254740993", "5e-324", "null", '"x"');
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...numbers), values, async (place, value) => {
      const changed = text.slice(0, place) + text.slice(place).replace(/^-?[\d.]+/, value);
      const damage = (folder: string) => writeFileSync(runPaths(folder).config, changed);
      try {
        expect((await reportOn({ damage })).html).toMatch(/^<!doctype html>/i);
      } catch (error) {
        expect(error).toBeInstanceOf(MaskconError);
        expect((error as Error).message).not.toContain("\n");
        refused++;
      }
    }),
    { numRuns: 24, seed: 3 },
  );
  expect(refused).toBeGreaterThan(5);
});
