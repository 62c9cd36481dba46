import { readFile } from "node:fs/promises";
import type { DatasetRecord } from "../config/index.ts";
import type { EvalReport } from "../eval/index.ts";
import { loadRun, readEvaluation, runPaths, type TrainEvent } from "../train/index.ts";
import type { Cell } from "./cells.ts";
import type { CellState } from "./state.ts";

/** Fine and coarse Recall@1 (fractions) of an encoder after some epochs. */
export interface CurvePoint {
  readonly epoch: number;
  readonly fine: number | undefined;
  readonly coarse: number | undefined;
}

/** What is known of a cell. */
export interface CellResult {
  readonly cell: Cell;
  readonly state: CellState | undefined;
  /** Of a finished cell. */
  readonly report: EvalReport | undefined;
  readonly curve: readonly CurvePoint[];
  /** The images it ran on, where it is finished. */
  readonly dataset?: DatasetRecord | undefined;
}

/** Reads what a cell's run left. Reports count only once the cell is finished. */
export async function readResult(cell: Cell, state: CellState | undefined, folder: string): Promise<CellResult> {
  if (state?.status !== "finished") return { cell, state, report: undefined, curve: [] };
  const report = await reportOf(cell, folder);
  const { dataset } = (await loadRun(folder)).record;
  return { cell, state, report, curve: cell.kind === "frozen" ? [] : await readCurve(folder), dataset };
}

/** The report that a cell is run for, as far as it is written down. */
export async function reportOf({ kind }: Cell, folder: string): Promise<EvalReport | undefined> {
  const { frozen, trained } = await readEvaluation(runPaths(folder));
  return kind === "frozen" ? frozen : trained;
}

async function readCurve(folder: string): Promise<CurvePoint[]> {
  const text = await readFile(runPaths(folder).metrics, "utf8").catch(() => "");
  let stepsPerEpoch = 1;
  // A kill between an evaluation and its checkpoint has it made again: the last one counts.
  const points = new Map<number, CurvePoint>();
  for (const line of text.split("\n")) {
    const event = parsed(line);
    if (event?.event === "start") stepsPerEpoch = event.stepsPerEpoch;
    if (event?.event !== "eval") continue;
    const { fine, coarse } = event.recall;
    points.set(event.step, { epoch: event.step / stepsPerEpoch, fine: fine?.["1"], coarse: coarse["1"] });
  }
  return [...points.values()];
}

function parsed(line: string): TrainEvent | undefined {
  try {
    return JSON.parse(line);
  } catch {
    // A last line that a killed process left.
    return undefined;
  }
}
