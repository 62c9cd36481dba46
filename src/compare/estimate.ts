import { stepsOf } from "../config/index.ts";
import type { StartEvent } from "../run/index.ts";
import type { Cell } from "./cells.ts";
import { isUntrained } from "./matters.ts";
import type { CompareState } from "./state.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** Steps of a process after which its pace is known; that of a shorter run is known when it ends. */
const PACE_STEPS = 10;

interface Estimate {
  readonly cellSeconds: number;
  readonly allSeconds: number;
}

/**
 * What is left, in seconds of steps (evaluations come on top): of the cell that has just made its first steps, and of all
 * that are not finished. A row that was timed with another seed goes at its own pace, any other at this cell's, by its crops.
 */
export function estimateAt(
  { cell, start, step }: { cell: Cell; start: StartEvent; step: number },
  { pace }: Stopwatch,
  { cells, state, jobs }: { cells: readonly Cell[]; state: CompareState; jobs: number },
): Estimate | undefined {
  if (pace === undefined || step - start.step !== Math.min(PACE_STEPS, start.steps - start.step)) return undefined;
  const cellSeconds = (start.steps - step) * pace;
  const secondsAPass = pace / (start.batchSize * passesOf(cell));
  const others = cells.filter((other) => other.id !== cell.id && isOpen(other, state));
  const rest = others.map((other) => {
    const { batchSize } = other.config;
    const images = stepsOf(other.config, Math.floor(start.trainImages / batchSize)) * batchSize;
    return images * (paceOf(other, cells, state) ?? secondsAPass * passesOf(other));
  });
  const sum = rest.reduce((total, seconds) => total + seconds, cellSeconds);
  return { cellSeconds, allSeconds: Math.max(cellSeconds, sum / jobs) };
}

/** What a step computes of an image, in forward passes: its key, and each crop forward and, twice as long, backward. */
const passesOf = ({ config }: Cell): number => 1 + 3 * config.crops;

const isOpen = ({ kind, id }: Cell, state: CompareState): boolean =>
  !isUntrained(kind) && !["finished", "skipped"].includes(state.get(id)?.status ?? "");

/** Seconds an image of a row, from its first timed seed. */
function paceOf({ slug }: Cell, cells: readonly Cell[], state: CompareState): number | undefined {
  for (const cell of cells) {
    const timing = cell.slug === slug ? state.get(cell.id)?.timing : undefined;
    if (timing && timing.images > 0) return timing.imageSeconds / timing.images;
  }
  return undefined;
}
