import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { comparisonFolder, evaluationOf, compareInside as inside, writeImages } from "../../test/comparison.ts";
import { channelMeans, smallConvolutions } from "../../test/foreign-models.ts";
import { runCommand } from "../../test/run-command.ts";
import { type CompareRow, compare, readGrid } from "../compare/index.ts";
import { resolveConfig } from "../config/index.ts";
import { loadRun } from "../run/index.ts";
import { addConfigOptions, flagValues } from "./config-options.ts";
import { openSource } from "./open-source.ts";

const { root, remove } = comparisonFolder();
const at = (...names: string[]) => join(root, ...names);
const settings = {
  ...{ backbone: "small.onnx", normalization: "half", imageSize: 16, views: 2, cacheDir: at("cache") },
  ...{ batchSize: 8, queueSize: 16, embeddingDim: 4, steps: 4, testFraction: 0.25, workers: 1, threads: 1 },
};

beforeAll(async () => {
  await writeImages(at("images"));
  writeFileSync(at("small.onnx"), smallConvolutions());
});
afterAll(remove);

/** Writes a grid and compares. */
async function compareGrid(out: string, grid: object, ...flags: string[]) {
  writeFileSync(at("grid.json"), JSON.stringify({ data: "images", settings, ...grid }));
  const { code, err, out: text } = await inside(at("grid.json"), "--out", at(out), "--json", ...flags);
  expect(code, err).toBe(0);
  const { rows, cells, finished } = JSON.parse(text) as { rows: CompareRow[]; cells: number; finished: number };
  return { err, cells, finished, rows: new Map(rows.map((row) => [row.name, row])) };
}

const linesOf = (...names: string[]) => readFileSync(at(...names), "utf8").split(/\r?\n/);
const runsOf = (out: string) => readdirSync(at(out, "runs")).sort();
const fineOf = (row: CompareRow | undefined, seed = 0) => row?.bySeed[seed]?.fine;

describe("maskcon compare behind a model, its head alone", () => {
  const grid = { methods: ["maskcon", "supce"], seeds: [0, 1] };
  const ids = ["maskcon-seed0", "maskcon-seed1", "supce-seed0", "supce-seed1"];
  let first: Awaited<ReturnType<typeof compareGrid>>;
  beforeAll(async () => {
    first = await compareGrid("head", grid);
  });

  it("has the model alone and whitened beside the trained rows, at the cost of no run", () => {
    expect([...first.rows.keys()]).toEqual(["frozen", "whitened", "maskcon", "supce"]);
    expect([first.cells, first.finished, runsOf("head")]).toEqual([4, 4, ids]);
    for (const name of ["frozen", "whitened"] as const) {
      expect(first.rows.get(name)).toMatchObject({ n: 2, seeds: 2, encoder: name, kind: name, reference: false });
      for (const seed of [0, 1]) {
        const own = ["maskcon", "supce"].map((method) => evaluationOf(at("head"), `${method}-seed${seed}`)[name]);
        expect(own[0]).toEqual(own[1]);
        expect(fineOf(first.rows.get(name), seed)).toBe(own[0].fine["1"]);
      }
    }
  });

  it("has the figures that eval gives of the same run", async () => {
    const { code, out } = await runCommand(["eval", at("head", "runs", "supce-seed1"), "--quick", "--json"]);
    const evaluated = JSON.parse(out);
    expect(code).toBe(0);
    for (const [name, encoder] of Object.entries({ frozen: "frozen", whitened: "whitened", supce: "trained" })) {
      expect(fineOf(first.rows.get(name), 1), name).toBe(evaluated[encoder].fine["1"]);
    }
  });

  it("writes them into every table, with the gains over them", () => {
    const page = linesOf("head", "compare.md");
    const tables = page.filter((line) => /^\| (frozen|whitened) \| 2 \| \d/.test(line));
    // Recall on the fine labels, within and coarse, twice each: the figures, and the difference to the leading row.
    expect(tables.length).toBeGreaterThanOrEqual(2 * 3);
    expect(page.filter((line) => line === "| method | over the frozen model | over whitened |")).toHaveLength(3);
    expect(
      page.filter((line) => /^\| maskcon \| \S+ \(\S+ to \S+\) \| \S+ \(\S+ to \S+\) \|$/.test(line)),
    ).toHaveLength(3);
    expect(page.filter((line) => line.startsWith("maskcon train"))).toHaveLength(4);
    expect(page).toContain("- runs: 4 of 4 finished");
    const [, ...rows] = linesOf("head", "compare.csv").map((line) => line.split(",").slice(0, 3).join(","));
    expect(rows).toEqual([
      "frozen,frozen,frozen",
      "whitened,whitened,whitened",
      "maskcon,maskcon,trained",
      "supce,supce,trained",
      "",
    ]);
    const runs = linesOf("head", "runs.csv").filter((line) => /^(frozen|whitened),/.test(line));
    expect(runs.map((line) => line.split(",").slice(0, 5).join(","))).toEqual([
      ...["frozen,frozen,frozen,0,finished", "frozen,frozen,frozen,1,finished"],
      ...["whitened,whitened,whitened,0,finished", "whitened,whitened,whitened,1,finished"],
    ]);
  });

  it("prints commands that resolve to the runs' own configurations", async () => {
    const commands = linesOf("head", "compare.md").filter((line) => line.startsWith("maskcon train"));
    for (const line of commands) {
      const command = addConfigOptions(new Command()).option("--out <dir>").argument("<data>").exitOverride();
      command.parse(line.split(" ").slice(2), { from: "user" });
      const { config } = (await loadRun(at("head", "runs", /--out again\/(\S+)/.exec(line)![1]!))).record;
      expect(resolveConfig({ flags: flagValues(command.opts()) })).toEqual(config);
    }
  });

  it("finds them again without a run, also where what it had noted was lost", async () => {
    const again = await compareGrid("head", grid);
    expect(again.err).not.toContain("training");
    expect([...again.rows]).toEqual([...first.rows]);
    rmSync(at("head", "runs", "maskcon-seed1"), { recursive: true });
    const partly = await compareGrid("head", grid);
    expect(partly.err.match(/training \d+ steps/g)).toHaveLength(1);
    for (const name of ["frozen", "whitened"]) expect(partly.rows.get(name)).toEqual(first.rows.get(name));
  });

  it("has no second row of what the grid names itself", async () => {
    const named = await compareGrid("head", { ...grid, methods: ["frozen", ...grid.methods] });
    expect([...named.rows.keys()]).toEqual(["frozen", "whitened", "maskcon", "supce"]);
    expect([named.cells, runsOf("head")]).toEqual([6, ["frozen-seed0", "frozen-seed1", ...ids]]);
    expect(named.err).not.toContain("training");
    for (const name of ["frozen", "whitened"]) {
      expect(named.rows.get(name)!.recall).toEqual(first.rows.get(name)!.recall);
    }
    expect(named.rows.get("maskcon")!.beside).toEqual({ frozen: "frozen", whitened: "whitened" });
  });

  it("runs a model that takes images of one size at it", async () => {
    writeFileSync(at("fixed.onnx"), channelMeans(16));
    const { imageSize: _, ...unsized } = { ...settings, backbone: "fixed.onnx", steps: 1 };
    writeFileSync(at("fixed.json"), JSON.stringify({ data: "images", settings: unsized, methods: ["supce"] }));
    const compared = [at("fixed.json"), "--out", at("fixed")];
    expect((await inside(...compared, "--dry-run")).out).toContain(" --image-size 16 ");
    const { code, err } = await inside(...compared);
    expect(code, err).toBe(0);
    const asked = await inside(...compared, "--image-size", "32", "--dry-run");
    expect(asked.out).toContain(" --image-size 32 ");
    // A finished comparison needs its model no more.
    rmSync(at("small.onnx"));
    expect((await compareGrid("head", grid)).rows.get("frozen")).toEqual(first.rows.get("frozen"));
    writeFileSync(at("small.onnx"), smallConvolutions());
  });

  it("runs a model that takes any size at the one that the file beside it says, as train does", async () => {
    mkdirSync(at("sized"), { recursive: true });
    writeFileSync(at("sized", "free.onnx"), channelMeans());
    const beside = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5], size: { height: 24, width: 24 } };
    writeFileSync(at("sized", "preprocessor_config.json"), JSON.stringify(beside));
    const { imageSize: _, normalization: __, ...unsized } = { ...settings, backbone: "sized/free.onnx", steps: 1 };
    writeFileSync(at("sized.json"), JSON.stringify({ data: "images", settings: unsized, methods: ["supce"] }));
    const { out, err } = await inside(at("sized.json"), "--out", at("sized-out"), "--dry-run");
    expect(out, err).toContain(" --image-size 24 ");
  });

  it("has them from a run that failed later", async () => {
    const wild = { methods: [{ name: "wild", method: "supcon", learningRate: 1e30, warmupShare: 0 }] };
    writeFileSync(
      at("wild.json"),
      JSON.stringify({ data: "images", settings: { ...settings, optimizer: "sgd" }, ...wild }),
    );
    const { err, out } = await inside(at("wild.json"), "--out", at("wild"), "--json");
    expect(err).toContain("wild, seed 0: failed: step");
    const rows = (JSON.parse(out).rows as CompareRow[]).map(({ name, n }) => [name, n]);
    expect(rows).toEqual([
      ["frozen", 1],
      ["whitened", 1],
      ["wild", 0],
    ]);
  });
});

describe("maskcon compare behind a model that is trained, too", () => {
  const grid = { methods: ["maskcon"], settings: { ...settings, trainable: "tail:1" } };

  it("has the head that training began with beside the model alone and whitened", async () => {
    const { rows, err, cells } = await compareGrid("tail", grid);
    expect([...rows.keys()]).toEqual(["frozen", "whitened", "maskcon (head)", "maskcon"]);
    expect([cells, runsOf("tail")]).toEqual([1, ["maskcon-seed0"]]);
    const deep = evaluationOf(at("tail"), "maskcon-seed0");
    const head = evaluationOf(at("tail"), "maskcon-seed0/head");
    expect(fineOf(rows.get("maskcon (head)"))).toBe(head.trained.fine["1"]);
    expect(fineOf(rows.get("maskcon"))).toBe(deep.trained.fine["1"]);
    for (const name of ["frozen", "whitened"]) expect(fineOf(rows.get(name))).toBe(head[name].fine["1"]);
    expect(rows.get("maskcon")!.beside).toEqual({ frozen: "frozen", whitened: "whitened", head: "maskcon-head" });
    expect(rows.get("maskcon (head)")).toMatchObject({ kind: "maskcon", encoder: "head" });
    const page = linesOf("tail", "compare.md");
    expect(page).toContain("| method | over the frozen model | over whitened | over its head |");
    expect(page[3]).toContain("small.onnx, and its last blocks (tail:1), 16 px, 4 steps");
    expect(linesOf("tail", "compare.csv")[3]).toMatch(/^maskcon \(head\),maskcon,head,false,1,1,/);
    // The estimate is of the model's own steps, the head's apart.
    expect(err.match(/its steps take/g)).toHaveLength(1);
  });

  it("has the figures that eval gives of the same run, and keeps them", async () => {
    const { out } = await runCommand(["eval", at("tail", "runs", "maskcon-seed0"), "--quick", "--json"]);
    const evaluated = JSON.parse(out);
    const { rows, err } = await compareGrid("tail", grid);
    expect(err).not.toContain("training");
    for (const name of ["frozen", "whitened", "head"]) {
      expect(fineOf(rows.get(name === "head" ? "maskcon (head)" : name)), name).toBe(evaluated[name].fine["1"]);
    }
  });

  it("shows what a stopped run has measured, and goes on to the same figures", async () => {
    const [source, out] = [at("images"), at("stopped")];
    const stop = new AbortController();
    const stopped = await compare(await readGrid(at("grid.json")), {
      ...{ out, source, signal: stop.signal },
      open: (config, signal) => openSource(source, config, signal as AbortSignal),
      onEvent: (e) =>
        void (e.event === "train" && e.train.event === "eval" && e.train.encoder === "head" && stop.abort()),
    });
    expect(stopped.reason).toBe("interrupted");
    expect(stopped.rows.map(({ name, n }) => [name, n])).toEqual([
      ["frozen", 1],
      ["whitened", 1],
      ["maskcon (head)", 1],
      ["maskcon", 0],
    ]);
    const [whole, resumed] = [await compareGrid("tail", grid), await compareGrid("stopped", grid)];
    expect(resumed.err).toContain("resuming at step 0 of 4 steps");
    const figuresOf = ({ rows }: typeof whole) => [...rows.values()].map(({ name, recall }) => [name, recall]);
    expect(figuresOf(resumed)).toEqual(figuresOf(whole));
  });
});
