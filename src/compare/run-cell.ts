import { rm } from "node:fs/promises";
import { join } from "node:path";
import { following, MaskconError, messageOf } from "../core/index.ts";
import type { LoadedData } from "../data/index.ts";
import { runPaths, type TrainEvent } from "../run/index.ts";
import { train } from "../train/index.ts";
import type { Cell } from "./cells.ts";
import { isUntrained, type Untrained } from "./matters.ts";
import { reportOf } from "./results.ts";
import type { CellState, CompareState } from "./state.ts";
import { type Stopwatch, startStopwatch } from "./stopwatch.ts";

export const cellFolder = (out: string, { id }: Pick<Cell, "id">): string => join(out, "runs", id);

interface CellRun {
  readonly cell: Cell;
  readonly data: LoadedData;
  readonly out: string;
  readonly source: string;
  readonly state: CompareState;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: (event: TrainEvent, watch: Stopwatch) => void;
}

/**
 * Runs a cell from wherever it stands. What goes wrong in it is its own: only a full disk, which would spoil the others
 * too, is thrown.
 */
export async function runCell(run: CellRun): Promise<CellState> {
  const { cell, data, state } = run;
  if (cell.reference && !data.train.fine) {
    return { status: "skipped", message: `${data.name} has no fine labels, which ${cell.kind} is trained with` };
  }
  const before = state.get(cell.id)?.timing;
  await state.set(cell.id, { status: "begun", ...(before ? { timing: before } : {}) });
  try {
    return isUntrained(cell.kind) ? await evaluateUntrained(run, cell.kind) : await trainCell(run, before);
  } catch (error) {
    if (run.signal?.aborted || (error instanceof MaskconError && error.code === "disk")) throw error;
    const { timing } = state.get(cell.id) ?? {};
    return { status: "failed", message: messageOf(error), ...(timing ? { timing } : {}) };
  }
}

async function trainCell(run: CellRun, before: CellState["timing"]): Promise<CellState> {
  const { cell, data, source, state, signal, onEvent } = run;
  const watch = startStopwatch(before);
  let saved = Promise.resolve();
  const result = await train(cell.config, data, {
    ...{ out: cellFolder(run.out, cell), resume: true, source },
    ...(signal ? { signal } : {}),
    onEvent(event) {
      watch.observe(event);
      if (event.event === "checkpoint") {
        saved = state.set(cell.id, withTiming("begun", watch));
        // Awaited below: until then a full disk is no unhandled rejection.
        saved.catch(() => undefined);
      }
      onEvent(event, watch);
    },
  });
  await saved;
  return withTiming(result.reason === "finished" ? "finished" : "begun", watch);
}

function withTiming(status: CellState["status"], { timing }: Stopwatch): CellState {
  return { status, ...(timing ? { timing } : {}) };
}

/** The encoder of a run before its first step: the run stops once that is evaluated. */
async function evaluateUntrained(run: CellRun, kind: Untrained): Promise<CellState> {
  const { cell, data, source, signal, onEvent } = run;
  const folder = cellFolder(run.out, cell);
  if (await reportOf(cell, folder)) return { status: "finished" };
  // One that was begun, or whose report was lost, costs no training to make again.
  await rm(runPaths(folder).checkpoints, { recursive: true, force: true });
  const { controller: stop, release } = following(signal);
  try {
    await train(cell.config, data, {
      ...{ out: folder, resume: true, source, signal: stop.signal },
      onEvent(event) {
        if (event.event === "eval" && event.encoder === kind) stop.abort();
        if (event.event === "eval" || event.event === "warning") onEvent(event, startStopwatch());
      },
    });
  } finally {
    release();
  }
  return { status: (await reportOf(cell, folder)) ? "finished" : "begun" };
}
