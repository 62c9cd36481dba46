import type { TrainEvent } from "../run/index.ts";
import type { Cell } from "./cells.ts";

/** The events of a comparison. */
export type CompareEvent =
  | { readonly event: "cell"; readonly cell: Cell; readonly index: number; readonly count: number }
  | { readonly event: "train"; readonly cell: Cell; readonly train: TrainEvent }
  /** After a cell's first steps: the time its own remaining steps take, and those of all cells that are left. */
  | { readonly event: "estimate"; readonly cell: Cell; readonly cellSeconds: number; readonly allSeconds: number }
  | { readonly event: "failed"; readonly cell: Cell; readonly message: string }
  | { readonly event: "skipped"; readonly cell: Cell; readonly message: string };
