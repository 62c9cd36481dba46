import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { png, put } from "../../test/data-samples.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { configOf, tinySet } from "../../test/tiny-run.ts";
import { openImages } from "../data/index.ts";
import { loadRun, type Run } from "../run/index.ts";
import { train } from "../train/index.ts";
import { type CollectOptions, collectImages } from "./collect.ts";
import { readKnownImages } from "./known-files.ts";

const LATER_MS = 60_000;
const NAMES = ["0.png", "1.png", "2.png", "3.png"];
let root: string;
let run: Run;
let out: string;
const at = (name: string) => join(root, name);
const list = () => join(out, "known-files.jsonl");

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "maskcon-known-files-"));
  const data = { name: "tiny", train: tinySet("tiny train", 44), test: undefined, skipped: [] };
  await train(configOf({ steps: 1, epochs: undefined, evalEvery: 0 }), data, { out: at("run") });
  run = await loadRun(at("run"));
}, 60_000);
afterAll(() => rmSync(root, { recursive: true }));
beforeEach(async () => {
  out = join(temporaryFolder(), "collection");
  rmSync(at("data"), { recursive: true, force: true });
  for (const [i, name] of NAMES.entries()) put(root, `data/${name}`, await png(10 * i));
  const now = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => now() + LATER_MS);
});
afterEach(() => vi.restoreAllMocks());

/** A list with the checksum of its lines. */
const signed = (lines: string) =>
  `${JSON.stringify({ format: "maskcon-known-files-1", sha256: createHash("sha256").update(lines).digest("hex") })}\n${lines}`;

/** Collects what lies in `data`, and says how each image was known beforehand. */
async function collect(more: Partial<CollectOptions> = {}) {
  const known = await readKnownImages(out);
  const paths = new Set(known.files.keys());
  const dataset = await openImages(at("data"), { known });
  const options = { run, sets: [{ dataset, split: undefined }], source: at("data"), out, knownImages: known };
  const { added, unchanged, replaced, missing } = await collectImages({ ...options, ...more });
  return { added, unchanged, replaced, missing, listed: paths.size };
}

describe("the files of a collection", { timeout: 60_000 }, () => {
  it("are listed as they were, so that the next time none is read", async () => {
    expect(await collect()).toMatchObject({ added: 4, unchanged: 0, listed: 0 });
    const known = await readKnownImages(out);
    expect([...known.files.keys()].sort()).toEqual(NAMES.map((name) => at(`data/${name}`)));
    // Only a stamp can say so: there is nothing to be read.
    const [file] = known.files.values();
    const { known: found } = await known.lookUp(file!.path);
    expect(found).toEqual(file);
    expect(file).toMatchObject({ width: 6, height: 4, digest: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(await collect()).toEqual({ added: 0, unchanged: 4, replaced: 0, missing: [], listed: 4 });
  });

  it("that changed, moved or went are noticed, and leave the list with their rows alone", async () => {
    await collect();
    writeFileSync(at("data/0.png"), await png(200));
    renameSync(at("data/1.png"), at("data/moved.png"));
    rmSync(at("data/2.png"));
    expect(await collect()).toMatchObject({ added: 2, unchanged: 1, replaced: 1, missing: ["1.png", "2.png"] });
    expect(await collect()).toMatchObject({ added: 0, unchanged: 3, missing: ["1.png", "2.png"], listed: 5 });
    put(root, "data/2.png", await png(20));
    expect(await collect()).toMatchObject({ added: 0, unchanged: 4, missing: ["1.png"] });
  });

  it("are known by their content where the list is gone or damaged, whatever stands in it", async () => {
    await collect();
    const whole = readFileSync(list(), "utf8");
    const [head, ...lines] = whole.split("\n");
    const broken = [
      undefined,
      "",
      whole.slice(0, -9),
      whole.replace(/"([0-9a-f])([0-9a-f]{31})"/, (_, a, rest) => `"${a === "0" ? 1 : 0}${rest}"`),
      whole.replace("maskcon-known-files-1", "maskcon-known-files-2"),
      [head, ...lines.slice(1)].join("\n"),
      "null\n",
      signed("null\n"),
      signed(`["/a", "s", "zz", 1, 1]\n`),
      "[[[[",
    ];
    for (const text of broken) {
      expect(text).not.toBe(whole);
      if (text === undefined) rmSync(list());
      else writeFileSync(list(), text);
      const known = await readKnownImages(out);
      expect([text, known.files.size]).toEqual([text, 0]);
      expect((await known.lookUp(at("data/2.png"))).known).toMatchObject({ width: 6, height: 4 });
    }
    expect(await collect()).toMatchObject({ added: 0, unchanged: 4, listed: 0 });
    expect(readFileSync(list(), "utf8")).toBe(whole);
  });

  it("are listed before the first of them is embedded", async () => {
    const stop = new AbortController();
    const progress = () => stop.abort(new Error("stopped"));
    await expect(collect({ signal: stop.signal, progress })).rejects.toThrow("stopped");
    expect((await readKnownImages(out)).files.size).toBe(4);
    expect(await collect()).toMatchObject({ added: 4, listed: 4 });
  });
});
