import type { DatasetRecord } from "../config/index.ts";
import type { EvalReport } from "../eval/index.ts";
import { loadRun, readEvaluation, readMetrics, runPaths } from "../run/index.ts";
import type { Cell } from "./cells.ts";
import { isUntrained } from "./matters.ts";
import type { CellState } from "./state.ts";

/** Fine and coarse Recall@1 (fractions) of an encoder after some epochs. */
interface CurvePoint {
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
  // Its folder was deleted: it is made anew.
  if (!report) return { cell, state: undefined, report, curve: [] };
  const { id, dataset } = (await loadRun(folder)).record;
  return { cell, state, report, curve: isUntrained(cell.kind) ? [] : readCurve(folder, id), dataset };
}

/** The report that a cell is run for, as far as it is written down. */
export async function reportOf({ kind }: Cell, folder: string): Promise<EvalReport | undefined> {
  const reports = await readEvaluation(runPaths(folder));
  return reports[isUntrained(kind) ? kind : "trained"];
}

function readCurve(folder: string, id: string | undefined): CurvePoint[] {
  const { starts, evals } = readMetrics(runPaths(folder).metrics, id);
  const stepsPerEpoch = starts[0]?.stepsPerEpoch || 1;
  // A kill between an evaluation and its checkpoint has it made again: the last one counts.
  const points = new Map<number, CurvePoint>();
  for (const { step, recall } of evals) {
    const { fine, coarse } = recall;
    points.set(step, { epoch: step / stepsPerEpoch, fine: fine?.["1"], coarse: coarse["1"] });
  }
  return [...points.values()];
}
