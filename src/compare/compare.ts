import { existsSync } from "node:fs";
import { access, constants, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { asDiskFailure, makeFolder, removeUnfinished } from "../core/atomic-file.ts";
import { fail, inLanes, oneAtATime, type StopSignal } from "../core/index.ts";
import { lockRun, runPaths, type StartEvent, type TrainEvent } from "../run/index.ts";
import { withBeside } from "./beside.ts";
import { type Cell, cellsOf } from "./cells.ts";
import { checkCells } from "./check-cells.ts";
import { estimateAt } from "./estimate.ts";
import type { CompareEvent } from "./events.ts";
import type { Grid } from "./grid.ts";
import { eachReading, keepLast, type OpenImages, type RunImages, sameImages } from "./images.ts";
import { withModelSizes } from "./model-sizes.ts";
import { readResult, reportOf } from "./results.ts";
import { type CompareRow, compareRows } from "./rows.ts";
import { cellFolder, runCell } from "./run-cell.ts";
import { type CompareState, openState } from "./state.ts";
import type { Stopwatch } from "./stopwatch.ts";
import { PLOT_FOLDER, reportFiles, writeReport } from "./write-report.ts";

/** Where `compare` takes images from, and where it writes. */
export interface CompareOptions {
  /** Folder of the comparison; created where missing. */
  readonly out: string;
  /** DATA, as each run's `config.json` records it. */
  readonly source: string;
  /** DATA as the commands of the report show it; `source` where left out. */
  readonly shownSource?: string;
  /** Opens DATA under a run's configuration; called again only where one of its settings may change the images. */
  readonly open: OpenImages;
  /** Runs at once; 1 where left out. They share the CPU: see `shareCores`. */
  readonly jobs?: number;
  /** Aborting finishes the step, writes a checkpoint and ends with `interrupted`. */
  readonly signal?: StopSignal;
  /** Called with what happens: cells that begin, fail or are passed over, and the events of their runs. */
  readonly onEvent?: (event: CompareEvent) => void;
}

/** What became of a comparison. `cells` is how many runs the grid has; `finished` and `failed` count among them. */
export interface CompareResult {
  readonly reason: "finished" | "interrupted";
  readonly rows: readonly CompareRow[];
  readonly finished: number;
  readonly failed: number;
  readonly cells: number;
  /** The report's Markdown and CSV. */
  readonly files: readonly string[];
}

/**
 * Runs the cells of a grid in order, each a run folder under `out/runs`, and writes `compare.md`, two CSVs and plots after
 * every one. What is finished is passed over, what was interrupted continues from its last checkpoint, what failed
 * is tried again; a cell that fails is recorded and the others go on.
 * @throws MaskconError "config" where the grid is wrong or contradicts a run in `out`, "busy" where another process runs
 *   this comparison, "data" where the images cannot be opened or are not those of the runs before, "disk" where there is no room.
 */
export async function compare(grid: Grid, options: CompareOptions): Promise<CompareResult> {
  const cells = cellsOf(await withModelSizes(grid));
  const { out, source, signal, jobs = 1 } = options;
  const fresh = !existsSync(out);
  await makeOut(out);
  const unlock = lockRun(out, { name: "compare.lock", what: "a comparison nobody runs" });
  try {
    for (const folder of [out, join(out, PLOT_FOLDER)]) await removeUnfinished(folder);
    const begun = await checkCells(cells, out);
    const state = await openState(out, source);
    const report = oneAtATime(() => writeRows({ grid, cells, state, options }));
    const images = keepLast(sameImages(options.open, begun));
    await checkFinished(state, { begun, cells, images, signal });
    const job: Job = { cells, state, options, jobs, images, report };
    await inLanes(cells.entries(), { count: jobs, signal }, ([index, cell], stop) => perform(job, cell, index, stop));
    const rows = await report();
    const count = (status: string) => cells.filter(({ id }) => state.get(id)?.status === status).length;
    return {
      reason: signal?.aborted ? "interrupted" : "finished",
      rows,
      ...{ finished: count("finished"), failed: count("failed"), cells: cells.length },
      files: reportFiles(out),
    };
  } finally {
    unlock();
    // Nothing began: what was made is taken back.
    if (fresh) await rmdir(out).catch(() => undefined);
  }
}

interface Finished {
  readonly begun: readonly RunImages[];
  readonly signal: AbortSignal | undefined;
}

/** What is finished would not look at the images, which may be others by now, or the same elsewhere. */
async function checkFinished(
  state: CompareState,
  { begun, cells, images, signal }: Pick<Job, "cells" | "images"> & Finished,
): Promise<void> {
  const { data, movedFrom, save } = state;
  if (movedFrom !== undefined && begun.some(({ dataset }) => dataset.images === undefined)) {
    const expected = `${movedFrom}: runs of earlier versions kept nothing by which images could be known elsewhere`;
    fail("config", { where: "DATA", expected, found: data, fix: "give the same data, or another --out" });
  }
  // The others are compared when they run.
  const left = movedFrom === undefined ? cells.filter(({ id }) => state.get(id)?.status !== "finished") : [];
  for (const { config } of eachReading(begun, left)) await images(config, signal);
  if (movedFrom !== undefined) await save();
}

interface Job {
  readonly cells: readonly Cell[];
  readonly state: CompareState;
  readonly options: CompareOptions;
  readonly jobs: number;
  readonly images: OpenImages;
  readonly report: () => Promise<unknown>;
}

async function perform(job: Job, cell: Cell, index: number, signal: AbortSignal): Promise<void> {
  const { cells, state, options, images, report } = job;
  const { out, source, onEvent } = options;
  if (state.get(cell.id)?.status === "finished" && (await reportOf(cell, cellFolder(out, cell)))) return;
  onEvent?.({ event: "cell", cell, index, count: cells.length });
  const data = await images(cell.config, signal);
  const observe = observer(job, cell);
  const ended = await runCell({ cell, data, out, source, state, signal, onEvent: observe });
  await state.set(cell.id, ended);
  if (ended.status === "failed" || ended.status === "skipped") {
    onEvent?.({ event: ended.status, cell, message: ended.message ?? "" });
  }
  await report();
}

function observer({ cells, state, options, jobs }: Job, cell: Cell): (event: TrainEvent, watch: Stopwatch) => void {
  let start: StartEvent | undefined;
  return (train, watch) => {
    options.onEvent?.({ event: "train", cell, train });
    // The pace of a head says nothing of the steps that follow it.
    if (train.event === "start") start = train.stage === "head" ? undefined : train;
    if (train.event !== "step" || !start) return;
    const estimate = estimateAt({ cell, start, step: train.step }, watch, { cells, state, jobs });
    if (estimate) options.onEvent?.({ event: "estimate", cell, ...estimate });
  };
}

interface Written extends Pick<Job, "cells" | "state" | "options"> {
  readonly grid: Grid;
}

async function writeRows({ grid, cells, state, options }: Written): Promise<CompareRow[]> {
  const { out, source, shownSource = source } = options;
  const results = [];
  for (const cell of cells) results.push(await readResult(cell, state.get(cell.id), cellFolder(out, cell)));
  const measured = withBeside(results);
  const rows = compareRows(measured);
  await writeReport(out, { grid, results, measured, rows, data: shownSource });
  return rows;
}

async function makeOut(out: string): Promise<void> {
  const expected = "a folder to write the comparison into";
  const unfit = (found: string) => fail("disk", { where: out, expected, found, fix: "choose another --out" });
  try {
    await makeFolder(out);
    // What exists need not be a folder that can be written.
    if (!(await stat(out)).isDirectory()) unfit("a file of this name");
    await access(out, constants.W_OK);
  } catch (error) {
    throw asDiskFailure(error, out, expected);
  }
  if (existsSync(runPaths(out).config)) unfit("the folder of a run");
}
