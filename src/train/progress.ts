import type { ProgressEvent } from "../run/index.ts";
import type { OpenRun } from "./open-run.ts";

/** A callback that reports how much of `what` is done at a position of the run. */
export function progressAt(
  { emit }: Pick<OpenRun, "emit">,
  { step, epoch }: Pick<ProgressEvent, "step" | "epoch">,
  what: ProgressEvent["what"],
): (done: number, total: number) => void {
  return (done, total) => emit({ event: "progress", step, epoch, what, done, total });
}
