import { existsSync } from "node:fs";
import { dirname, join, parse, relative, resolve } from "node:path";
import {
  type Cell,
  type CompareEvent,
  type CompareResult,
  cellFolder,
  cellsOf,
  commandOf,
  compare,
  type Grid,
  gridFlags,
  openState,
  otherImages,
  paperGrid,
  readGrid,
  shareCores,
  withModelSizes,
  withPreset,
  withSeeds,
  withSettings,
} from "../compare/index.ts";
import { checkValues, resolveConfig } from "../config/index.ts";
import { counted, fail } from "../core/index.ts";
import type { LoadedData } from "../data/index.ts";
import { flagValues, toCount, toNumber } from "./config-options.ts";
import { openSource, PACKAGE_SOURCE } from "./open-source.ts";
import { refuseInside } from "./outside-data.ts";
import { duration, type Progress, showProgress } from "./progress.ts";
import { percentText } from "./recall-table.ts";
import { interruptibly } from "./signals.ts";
import { CLEAR_LINE, type Terminal } from "./terminal.ts";
import { warn } from "./warn.ts";

export interface GivenCompareFlags extends Readonly<Record<string, unknown>> {
  readonly out?: string;
  readonly data?: string;
  readonly preset?: string;
  readonly scale?: string;
  readonly seeds?: string;
  readonly jobs?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

interface CompareFlags extends GivenCompareFlags {
  readonly out: string;
}

/** Named by the grid and by what preset it was given. */
const outOf = (file: string | undefined, { preset }: GivenCompareFlags) =>
  join("comparisons", [file && parse(file).name, preset].filter(Boolean).join("-"));

export async function compareCommand(
  file: string | undefined,
  given: GivenCompareFlags,
  terminal: Terminal,
): Promise<void> {
  const flags: CompareFlags = { ...given, out: given.out ?? outOf(file, given) };
  const asked = flags.jobs === undefined ? 1 : toCount("--jobs", flags.jobs);
  // By what was asked: a grid that grows finds the threads that its first runs had.
  const grid = shareCores(await gridOf(file, flags), asked);
  const jobs = Math.min(asked, cellsOf(grid).length);
  const source = sourceOf(file, grid, flags.data);
  if (flags.dryRun) return dryRun(cellsOf(await withModelSizes(grid)), source, flags, terminal);
  const begun = existsSync(join(flags.out, "compare.json"));
  if (source !== PACKAGE_SOURCE && !begun) refuseInside(source, flags.out);
  const onFirst = (signal: string) =>
    terminal.err(`\n${signal}: finishing this step and writing a checkpoint; once more to leave at once\n`);
  const warned = warnOfOthers(grid, terminal);
  await interruptibly(onFirst, async (signal) => {
    const result = await compare(grid, {
      ...{ out: flags.out, source, shownSource: shown(source), jobs, signal },
      open: (config, stop) => openSource(source, config, stop).then(warned),
      // Several runs cannot share one moving line.
      onEvent: showCompare(jobs === 1 ? terminal : { ...terminal, columns: undefined }),
    });
    finish(result, flags, terminal);
  });
}

/** Passes data on, with a warning where a table of the paper has other images. */
function warnOfOthers({ paper, settings }: Grid, terminal: Terminal): (data: LoadedData) => LoadedData {
  let said = false;
  return (data) => {
    const coarseMap = settings.coarseMap as string | undefined;
    const { name, train, test } = data;
    const images = { name, trainImages: train.length, testImages: test?.length ?? 0, coarseMap };
    const others = paper && otherImages(paper, images);
    if (others && !said) warn(terminal, `${others}; its numbers are left out of the report`);
    said = true;
    return data;
  };
}

/** The grid of the file or of the paper's table, under the command line's seeds and settings. */
async function gridOf(file: string | undefined, flags: CompareFlags): Promise<Grid> {
  const { preset } = flags;
  if (file === undefined && preset === undefined) {
    fail("usage", {
      where: "GRID",
      expected: "the JSON file of a grid, or --preset with a table of the paper",
      found: "neither",
      fix: "maskcon compare GRID.json --out DIR, or maskcon compare --preset paper-cifar100 --data DATA --out DIR",
    });
  }
  if (file !== undefined && flags.scale !== undefined) {
    fail("usage", { where: "--scale", expected: "a table of the paper to scale", found: "the grid of a file" });
  }
  const read = file === undefined ? paperGrid(preset!, flags.scale) : await readGrid(file);
  const grid = file === undefined || preset === undefined ? read : withPreset(read, preset);
  const settings = flagValues(Object.fromEntries(gridFlags().map(({ key }) => [key, flags[key]])));
  // Judged by their own names first, each by itself: the grid has more.
  checkValues({ flags: settings });
  const set = withSettings(grid, settings);
  return flags.seeds === undefined ? set : withSeeds(set, seedsOf(flags.seeds), "--seeds");
}

function seedsOf(text: string): number[] {
  const seeds = text.split(",").map((word) => toNumber("--seeds", word));
  for (const seed of seeds) resolveConfig({ flags: { seed } });
  return seeds;
}

function sourceOf(file: string | undefined, grid: Grid, data: string | undefined): string {
  if (data !== undefined) return data === PACKAGE_SOURCE ? data : resolve(data);
  if (grid.data === PACKAGE_SOURCE) return grid.data;
  if (grid.data !== undefined && file !== undefined) return resolve(dirname(file), grid.data);
  return fail("usage", {
    where: "--data",
    expected: "the images to compare on",
    found: file === undefined ? "nothing" : `nothing, and ${file} names none`,
    fix: "give --data DATA",
  });
}

/** A path as short as a reader in this folder would type it. */
function shown(source: string): string {
  if (source === PACKAGE_SOURCE) return source;
  const near = relative(process.cwd(), source);
  return near === "" || near.startsWith("..") ? source : near;
}

async function dryRun(cells: readonly Cell[], source: string, flags: CompareFlags, terminal: Terminal): Promise<void> {
  const state = existsSync(flags.out) ? await openState(flags.out, source) : undefined;
  const plan = cells.map((cell) => ({
    name: cell.name,
    seed: cell.seed,
    status: state?.get(cell.id)?.status ?? "new",
    folder: cellFolder(flags.out, cell),
    command: commandOf(cell.config, shown(source), cellFolder(flags.out, cell)),
  }));
  if (flags.json) return terminal.out(`${JSON.stringify(plan)}\n`);
  for (const { name, seed, status, command: line } of plan) {
    terminal.out(`# ${name}, seed ${seed} (${status})\n${line}\n`);
  }
  terminal.err(`${counted(plan.length, "run")}; nothing was run\n`);
}

function showCompare(terminal: Terminal): (event: CompareEvent) => void {
  const shown = new Map<string, { label: string; progress: Progress }>();
  return (event) => {
    const { cell } = event;
    if (event.event === "cell") {
      const label = `[${event.index + 1}/${event.count}] ${cell.name}, seed ${cell.seed}: `;
      shown.set(cell.id, { label, progress: showProgress(terminal, { label }) });
      return;
    }
    const { label, progress } = shown.get(cell.id)!;
    switch (event.event) {
      case "train":
        return progress.show(event.train);
      case "estimate":
        return terminal.err(
          `${terminal.columns ? CLEAR_LINE : ""}${label}its steps take ${duration(event.cellSeconds)} more, those of all runs ${duration(event.allSeconds)}\n`,
        );
      case "failed":
      case "skipped":
        return terminal.err(`${label}${event.event}: ${event.message}\n`);
    }
  };
}

function finish(result: CompareResult, flags: CompareFlags, terminal: Terminal): void {
  const { rows, reason, finished, failed, cells, files } = result;
  if (flags.json) terminal.out(`${JSON.stringify({ reason, finished, failed, cells, rows, files })}\n`);
  else if (finished > 0) terminal.out(summary(result));
  terminal.err(
    `${finished} of ${counted(cells, "run")} finished${failed > 0 ? `, ${failed} failed` : ""}: ${files.join(", ")}\n`,
  );
  if (reason === "interrupted") terminal.err("run the same command again to continue\n");
  else if (failed > 0) process.exitCode = 1;
}

/** Recall@1 of each row; the whole of it is in the files. */
function summary({ rows }: CompareResult): string {
  const width = Math.max(8, ...rows.map(({ name }) => name.length));
  const kinds = (["fine", "within", "coarse"] as const).filter((kind) => rows.some(({ recall }) => recall[kind]["1"]));
  const head = `${"".padEnd(width)}  ${kinds.map((kind) => kind.padStart(13)).join(" ")}`;
  const lines = rows.map(({ name, recall, reference }) => {
    const figures = kinds.map((kind) => {
      const { mean, deviation } = recall[kind]["1"] ?? { mean: undefined, deviation: undefined };
      return `${percentText(mean)}${deviation === undefined ? "" : ` ± ${percentText(deviation)}`}`.padStart(13);
    });
    return `${name.padEnd(width)}  ${figures.join(" ")}${reference ? "  (sees the fine labels)" : ""}`;
  });
  return `${["Recall@1 in %", head, ...lines].join("\n")}\n`;
}
