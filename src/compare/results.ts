import type { DatasetRecord } from "../config/index.ts";
import type { EvalReport } from "../eval/index.ts";
import { loadRun, readEvaluation, readMetrics, runPaths } from "../run/index.ts";
import type { Cell } from "./cells.ts";
import type { BesideEncoder } from "./matters.ts";
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
  /** What its run measured beside its own encoder, finished or not. */
  readonly beside?: { readonly [Name in BesideEncoder]?: EvalReport | undefined };
  readonly curve: readonly CurvePoint[];
  /** The images it ran on, where it is finished. */
  readonly dataset?: DatasetRecord | undefined;
}

/** Reads what a cell's run left. Reports count only once the cell is finished. */
export async function readResult(cell: Cell, state: CellState | undefined, folder: string): Promise<CellResult> {
  const { frozen, whitened, head, trained } = await readEvaluation(runPaths(folder));
  const beside = { frozen, whitened, head };
  const report = { ...beside, trained }[cell.encoder];
  if (state?.status !== "finished") return { cell, state, report: undefined, beside, curve: [] };
  // Its folder was deleted: it is made anew.
  if (!report) return { cell, state: undefined, report, beside, curve: [] };
  const { id, dataset } = (await loadRun(folder)).record;
  return { cell, state, report, beside, curve: cell.encoder === "trained" ? readCurve(folder, id) : [], dataset };
}

/** The report that a cell is run for, as far as it is written down. */
export async function reportOf({ encoder }: Cell, folder: string): Promise<EvalReport | undefined> {
  return (await readEvaluation(runPaths(folder)))[encoder];
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
