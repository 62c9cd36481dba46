import { describe, expect, it } from "vitest";
import { cellsOf } from "./cells.ts";
import { csvOf, runsCsvOf } from "./csv.ts";
import { type Grid, parseGrid } from "./grid.ts";
import { markdownOf } from "./markdown.ts";
import { paperGrid } from "./paper-grids.ts";
import { plotsOf } from "./plots.ts";
import type { CellResult } from "./results.ts";
import { compareRows } from "./rows.ts";
import { summarize } from "./statistics.ts";

/** Fine Recall@1 of each cell by its id; the other figures follow from it. A cell without one failed. */
function resultsOf(grid: Grid, fine: Readonly<Record<string, number>>): CellResult[] {
  return cellsOf(grid).map((cell) => {
    const value = fine[cell.id];
    if (value === undefined)
      return { cell, state: { status: "failed", message: "diverged" }, report: undefined, curve: [] };
    const recall = (r1: number) => ({ "1": r1, "2": r1 + 0.1, "5": 1, "10": 1, "50": 1, "100": 1 });
    const timing = { step: 10, seconds: 120 * (1 + cell.seed), images: 100, imageSeconds: 2 };
    return {
      cell,
      state: { status: "finished", timing },
      report: { fine: recall(value), coarse: recall(2 * value), within: recall(value) },
      curve: cell.kind === "frozen" ? [] : [0, 1, 2].map((epoch) => ({ epoch, fine: value * epoch, coarse: value })),
    };
  });
}

const grid = parseGrid("g.json", {
  methods: ["frozen", "supfine", "maskcon"],
  seeds: [0, 1, 2],
  vary: { softTemperature: [0.05, 0.1] },
});
const results = resultsOf(grid, {
  ...{ "frozen-seed0": 0.1, "frozen-seed1": 0.1, "frozen-seed2": 0.1, "supfine-seed0": 0.4 },
  ...{ "maskcon-t-0.05-seed0": 0.2, "maskcon-t-0.05-seed1": 0.3, "maskcon-t-0.05-seed2": 0.25 },
  ...{ "maskcon-t-0.1-seed0": 0.2, "maskcon-t-0.1-seed1": 0.22 },
});
const rows = compareRows(results);
const page = (of = rows, plots = plotsOf(of, results), paper: Grid["paper"] = undefined, dataset = paper?.images) =>
  markdownOf({
    title: "t",
    facts: ["a|b"],
    rows: of,
    paper,
    dataset,
    plots,
    plotFolder: "plots",
    commands: [{ name: "n", seed: 0, command: "maskcon train x" }],
  });

it("leaves out the K that no run has, says so, and keeps the columns of the CSV", () => {
  const few = results.map(({ report, ...rest }) => ({ ...rest, report: report && { coarse: { "1": 0.5, "2": 0.6 } } }));
  const ofFew = compareRows(few);
  expect(page(ofFew)).toContain("| method | n | R@1 | R@2 |\n");
  expect(page(ofFew)).toContain(" K is left out where it is not smaller than the number of images that are searched.");
  expect(page()).not.toContain("K is left out");
  const svg = plotsOf(ofFew, few).find(({ name }) => name === "recall")!.svg;
  expect([svg.includes("R@2"), svg.includes("R@5")]).toEqual([true, false]);
  expect(csvOf(ofFew).split("\r\n")[0]).toContain("coarse_r100_mean");
});

it("summarises as by hand", () => {
  // 2, 4, 9: mean 5, squares 9 + 1 + 16 = 26, 26 / 2 = 13.
  expect(summarize([2, undefined, 4, 9])).toEqual({ mean: 5, deviation: Math.sqrt(13), n: 3 });
  expect(summarize([7])).toEqual({ mean: 7, deviation: undefined, n: 1 });
  expect(summarize([undefined])).toBeUndefined();
});

describe("the rows", () => {
  it("join the finished seeds, references last", () => {
    expect(rows.map(({ name, n }) => [name, n])).toEqual([
      ["frozen", 3],
      ["maskcon T 0.05", 3],
      ["maskcon T 0.1", 2],
      ["supfine", 1],
    ]);
    const { fine, coarse } = rows[1]!.recall;
    expect(fine["1"]!.mean).toBeCloseTo(0.25);
    expect(fine["1"]!.deviation).toBeCloseTo(0.05);
    expect(coarse["1"]!.mean).toBeCloseTo(0.5);
    expect(rows[1]!.trainSeconds!.mean).toBeCloseTo(240);
    expect(rows[1]!.imagesPerSecond!.mean).toBeCloseTo(50);
    expect(rows[0]!.trainSeconds).toBeUndefined();
    expect(rows[2]!.problems).toEqual(["seed 2 failed: diverged"]);
  });
});

describe("the page", () => {
  it("has the tables, plots, problems and commands", () => {
    const text = page();
    expect(text).toContain("| maskcon T 0.05 | 3 | 25.00 ± 5.00 | 35.00 ± 5.00 | 100.00 ± 0.00 |");
    expect(text).toContain("| maskcon T 0.1 | 2 of 3 | 21.00 ± 1.41 |");
    expect(text).toContain("| supfine (upper reference) | 1 of 3 | 40.00 |");
    expect(text).toContain("| maskcon T 0.05 | 3 | 4.00 ± 2.00 | 50 ± 0 |");
    expect(text).toContain("| frozen | 3 | – | – |");
    expect(text).toContain("- maskcon T 0.1, seed 2 failed: diverged");
    expect(text).toContain("![Fine Recall@1 over softTemperature](plots/ablation-softTemperature.svg)");
    expect(text).toContain("# n, seed 0\nmaskcon train x");
    expect(text).toContain("- a\\|b");
    for (const title of ["Fine labels", "Fine labels, within the coarse class", "Coarse labels"])
      expect(text).toContain(`## ${title}\n`);
  });

  it("leaves out labels nobody knows", () => {
    const coarse = results.map((result) =>
      result.report ? { ...result, report: { coarse: result.report.coarse } } : result,
    );
    const text = page(compareRows(coarse), plotsOf(compareRows(coarse), coarse));
    expect(text).not.toContain("## Fine labels");
    expect(text).toContain("Coarse Recall@1 over softTemperature");
  });

  it("puts the paper's numbers beside ours, and a dash where none is known", () => {
    const cars = paperGrid("paper-cars196");
    const ours = compareRows(resultsOf(cars, { "maskcon-seed0": 0.3, "frozen-seed0": 0.2 }));
    const text = page(ours, [], cars.paper);
    expect(text).toContain("| maskcon | 30.00 | 45.53 | 40.00 | 58.56 | 100.00 | 74.36 | 100.00 | 84.36 | the paper |");
    expect(text).toContain("| frozen | 20.00 | 21.50 | 30.00 | – | 100.00 | – | 100.00 | – | a reproduction |");
    expect(text).toContain("| supcon | – | – | – | – | – | – | – | – | – |");
  });

  it.each([{ name: "cars196-mini" }, { trainImages: 8_143 }, { testImages: 40 }])(
    "leaves the paper's numbers out where the images are others: %o",
    (other) => {
      const { paper } = paperGrid("paper-cars196");
      const text = page(rows, [], paper, { ...paper!.images, ...other });
      expect(text).toContain("Left out: the images are not the paper's: cars196");
      expect(text).not.toContain("45.53");
    },
  );
});

it("writes one CSV line a row", () => {
  const [head, ...lines] = csvOf([{ ...rows[1]!, name: 'a "b", c' }, rows[3]!])
    .trimEnd()
    .split("\r\n");
  expect(head).toMatch(
    /^name,method,encoder,reference,softTemperature,seeds_finished,seeds,fine_r1_mean,fine_r1_sd,fine_r2_mean/,
  );
  expect(lines[0]).toMatch(/^"a ""b"", c",maskcon,trained,false,0.05,3,3,25,5,35,5,100,0,/);
  expect(lines[0]).toMatch(/,240,120,50,0$/);
  expect(lines[1]).toMatch(/^supfine,supfine,trained,true,,1,3,40,,50,,/);
  for (const line of lines) expect(line.replace(/"[^"]*"/g, "").split(",")).toHaveLength(head!.split(",").length);
});

it("writes one CSV line a run", () => {
  const lines = runsCsvOf(results).trimEnd().split("\r\n");
  expect(lines).toHaveLength(1 + results.length);
  expect(lines[0]).toMatch(
    /^name,method,encoder,softTemperature,seed,status,fine_r1,fine_r2,.*,coarse_r100,train_seconds$/,
  );
  expect(lines).toContain(
    [
      "maskcon T 0.05,maskcon,trained,0.05,1,finished,30,40",
      "100,100,100,100,30,40,100,100,100,100,60,70,100,100,100,100,240",
    ].join(","),
  );
  expect(lines.find((line) => line.startsWith("supfine,supfine,trained,,1,failed,,"))).toMatch(/,$/);
});

it("draws every plot from what is known", () => {
  const plots = plotsOf(rows, results);
  expect(plots.map(({ name }) => name)).toEqual(["recall", "curves", "ablation-softTemperature"]);
  for (const { svg } of plots) expect(svg).toMatch(/^<svg[\s\S]*<\/svg>\s*$/);
  expect(plots[0]!.svg).toContain("supfine (sees fine labels)");
  expect(plotsOf(compareRows(resultsOf(grid, {})), [])).toEqual([]);
});
