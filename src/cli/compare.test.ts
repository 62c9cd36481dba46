import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandLine } from "../../test/command-line.ts";
import {
  comparisonFolder,
  evaluationOf,
  grid,
  compareInside as inside,
  settings,
  writeImages,
} from "../../test/comparison.ts";
import { resolveConfig } from "../config/index.ts";
import { loadRun } from "../run/index.ts";
import { addConfigOptions, flagValues } from "./config-options.ts";

const { root, gridFile, remove } = comparisonFolder();

interface Ended {
  readonly code: number | null;
  readonly err: string;
}

function start(...args: string[]): { child: ChildProcess; ended: Promise<Ended>; said(text: string): Promise<void> } {
  const child = spawn(process.execPath, [...commandLine, "compare", ...args], {
    env: { ...process.env, CI: "1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let err = "";
  child.stderr!.on("data", (chunk) => {
    err += chunk;
  });
  const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, err })));
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => err.includes(text) && resolve();
      child.stderr!.on("data", look);
      child.on("close", () => reject(new Error(`ended before saying "${text}": ${err}`)));
      look();
    });
  return { child, ended, said };
}

const weightsOf = (out: string, id: string) => readFileSync(join(out, "runs", id, "checkpoints", "last.safetensors"));

beforeAll(() => writeImages(join(root, "images")));
afterAll(remove);

describe("maskcon compare", () => {
  let straight: string;
  let first: Awaited<ReturnType<typeof inside>>;
  beforeAll(async () => {
    straight = join(root, "straight");
    first = await inside(gridFile, "--out", straight, "--json");
  });

  it("runs every cell, records the one that fails and goes on, and ends with exit code 1", () => {
    expect(first.err).toContain("[1/4] frozen, seed 0: frozen encoder: fine R@1");
    expect(first.err).toMatch(/\[2\/4\] supce, seed 0: its steps take 0s more, those of all runs \d+s\n/);
    expect(first.err).toMatch(/wild, seed 0: failed: step \d: expected a finite loss, found NaN/);
    expect(first.err).toContain("3 of 4 runs finished, 1 failed");
    expect(first.code).toBe(1);
    const result = JSON.parse(first.out);
    expect(result).toMatchObject({ reason: "finished", finished: 3, failed: 1, cells: 4 });
    expect(result.rows.map(({ slug, n }: { slug: string; n: number }) => [slug, n])).toEqual([
      ["frozen", 1],
      ["supce", 1],
      ["wild", 0],
      ["maskcon-t-0.05", 1],
    ]);
    expect(readdirSync(straight).sort()).toEqual([
      "compare.csv",
      "compare.json",
      "compare.md",
      "plots",
      "runs",
      "runs.csv",
    ]);
    expect(readdirSync(join(straight, "plots")).sort()).toEqual([
      "ablation-softTemperature.svg",
      "curves.svg",
      "recall.svg",
    ]);
  });

  it("reports the figures of the runs' own folders", () => {
    const [frozen, supce] = JSON.parse(first.out).rows;
    expect(supce.recall.fine["1"].mean).toBe(evaluationOf(straight, "supce-seed0").trained.fine["1"]);
    expect(frozen.recall.coarse["5"].mean).toBe(evaluationOf(straight, "frozen-seed0").frozen.coarse["5"]);
    // Evaluated before any step, the frozen cell is the frozen line of every other method.
    expect(evaluationOf(straight, "frozen-seed0").trained).toBeUndefined();
    expect(evaluationOf(straight, "frozen-seed0").frozen).toEqual(
      evaluationOf(straight, "maskcon-t-0.05-seed0").frozen,
    );
  });

  it("prints commands that resolve to the runs' own configurations", async () => {
    const lines = readFileSync(join(straight, "compare.md"), "utf8").split("\n");
    const commands = lines.filter((line) => line.startsWith("maskcon train"));
    expect(commands).toHaveLength(4);
    for (const line of commands) {
      const id = /--out again\/(\S+)/.exec(line)![1]!;
      const command = addConfigOptions(new Command()).option("--out <dir>").argument("<data>").exitOverride();
      command.parse(line.split(" ").slice(2), { from: "user" });
      const { config } = (await loadRun(join(straight, "runs", id))).record;
      expect(resolveConfig({ flags: flagValues(command.opts()) })).toEqual(config);
    }
  });

  it("passes over what is finished, and tries what failed again", async () => {
    const before = weightsOf(straight, "supce-seed0");
    const again = await inside(gridFile, "--out", straight);
    expect(again.err).not.toContain("supce");
    expect(again.err.match(/failed: step/g)).toHaveLength(1);
    expect(again.out).toMatch(/^Recall@1 in %\n +fine +within +coarse\nfrozen +[\d.]+ +[\d.]+ +[\d.]+\n/);
    expect(again.code).toBe(1);
    expect(weightsOf(straight, "supce-seed0").equals(before)).toBe(true);
  });

  it("finds the figures again where eval.json was lost or torn", async () => {
    const ids = ["frozen-seed0", "supce-seed0"];
    const before = ids.map((id) => evaluationOf(straight, id));
    const weights = weightsOf(straight, "supce-seed0");
    rmSync(join(straight, "runs", ids[0]!, "eval.json"));
    writeFileSync(join(straight, "runs", ids[1]!, "eval.json"), '{"trained": {"fi');
    const again = await inside(gridFile, "--out", straight, "--json");
    expect(again.err).toContain("3 of 4 runs finished, 1 failed");
    expect(ids.map((id) => evaluationOf(straight, id))).toEqual(before);
    expect(JSON.parse(again.out).rows.map(({ n }: { n: number }) => n)).toEqual([1, 1, 0, 1]);
    expect(weightsOf(straight, "supce-seed0").equals(weights)).toBe(true);
  });

  it("runs several at once, to the same bits, one that fails among them", async () => {
    const together = join(root, "together");
    const result = await inside(gridFile, "--out", together, "--jobs", "3", "--json");
    expect(result.err).toContain("3 of 4 runs finished, 1 failed");
    const figuresOf = (text: string) =>
      JSON.parse(text).rows.map(({ slug, recall }: { slug: string; recall: unknown }) => [slug, recall]);
    expect(figuresOf(result.out)).toEqual(figuresOf(first.out));
    for (const id of ["supce-seed0", "maskcon-t-0.05-seed0"]) {
      expect(weightsOf(together, id).equals(weightsOf(straight, id))).toBe(true);
    }
  });

  it("survives a kill and an interruption, and gives the same bits as without", async () => {
    const killed = join(root, "killed");
    const few = join(root, "few.json");
    writeFileSync(few, JSON.stringify({ ...grid, methods: ["maskcon"] }));
    const first = start(few, "--out", killed);
    await first.said("[1/1] maskcon T 0.05, seed 0: epoch");
    first.child.kill("SIGKILL");
    await first.ended;

    const { child, ended, said } = start(few, "--out", killed);
    await said("[1/1] maskcon T 0.05, seed 0: resuming");
    const second = await inside(few, "--out", killed);
    expect(second.err).toMatch(/compare\.lock: expected a comparison nobody runs at the moment, found process \d+/);
    expect(second.code).toBe(1);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130, err: expect.stringContaining("run the same command again") });

    expect(await inside(few, "--out", killed)).toMatchObject({ code: 0, err: expect.stringContaining("1 of 1 run ") });
    const id = "maskcon-t-0.05-seed0";
    expect(weightsOf(killed, id).equals(weightsOf(straight, id))).toBe(true);
    expect(evaluationOf(killed, id)).toEqual(evaluationOf(straight, id));
  });

  it("leaves the paper's numbers out on other images than the paper's", async () => {
    const out = join(root, "paper");
    const flags = Object.entries({ ...settings, steps: 1 }).flatMap(([key, value]) => [
      `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      String(value),
    ]);
    const args = ["--preset", "paper-cars196", "--data", join(root, "images"), "--out", out, ...flags];
    const { err } = await inside(...args);
    expect(err.match(/^warning: the images are not the paper's: .*; its numbers are left out/gm)).toHaveLength(1);
    const page = readFileSync(join(out, "compare.md"), "utf8");
    expect(page).toMatch(/## Beside the paper: Cars196, 8 body types\n\nLeft out: the images are not the paper's: /);
    expect(page).toContain(
      "with 24 training and 8 test images, where it has cars196 with 8144 training and 8041 test images.",
    );
    expect(page).not.toContain("45.53");
  });

  it("takes more cells from a changed grid, and refuses contradictions in one line", async () => {
    const changed = join(root, "changed.json");
    writeFileSync(changed, JSON.stringify({ ...grid, methods: ["supce"], seeds: [0, 1], vary: {} }));
    const more = await inside(changed, "--out", straight, "--json");
    expect(more).toMatchObject({ code: 0, err: expect.stringContaining("2 of 2 runs finished") });
    const [zero, one] = ["supce-seed0", "supce-seed1"].map((id) => evaluationOf(straight, id).trained.fine["1"]);
    expect(JSON.parse(more.out).rows[0].recall.fine["1"]).toMatchObject({ n: 2, mean: (zero + one) / 2 });
    const other = await inside(gridFile, "--out", straight, "--steps", "5");
    expect(other.err).toMatch(
      /^maskcon: supce, seed 0: --steps: expected 6, as .*config\.json says, found 5; [^\n]*\n$/,
    );
    expect(other.code).toBe(2);
    for (const id of ["supce-seed0", "supce-seed1"])
      rmSync(join(straight, "runs", id, "checkpoints"), { recursive: true });
    const bare = await inside(changed, "--out", straight, "--steps", "5");
    expect(bare).toMatchObject({ code: 2, err: expect.stringContaining("supce, seed 0: --steps: expected 6") });
    const file = await inside(changed, "--out", changed);
    expect(file.err).toMatch(
      /changed\.json: expected a folder to write the comparison into, found a file of this name; choose another --out\n$/,
    );
    const own = await inside(changed, "--out", join(straight, "runs", "supce-seed0"));
    expect(own.err).toMatch(
      /expected a folder to write the comparison into, found the folder of a run; choose another --out\n$/,
    );
  });

  it("leaves out what needs fine labels where there are none", async () => {
    const coarse = join(root, "coarse.csv");
    const rows = ["warm/a", "cold/c"].flatMap((name) =>
      Array.from({ length: 8 }, (_, i) => `images/${name}/${i}.png,${name.slice(0, 4)}`),
    );
    writeFileSync(coarse, `file,coarse\n${rows.join("\n")}\n`);
    const small = join(root, "small.json");
    writeFileSync(small, JSON.stringify({ data: "coarse.csv", settings, methods: ["supfine"] }));
    const result = await inside(small, "--out", join(root, "coarse"));
    expect(result.err).toContain("supfine, seed 0: skipped: ");
    expect(result.err).toContain("0 of 1 run finished");
    expect(result.code).toBe(0);
    expect(readFileSync(join(root, "coarse", "compare.md"), "utf8")).toContain("## Without a result");
  });
});
