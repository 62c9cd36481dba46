import type { RunConfig, RunRecord } from "../config/index.ts";
import type { StopSignal } from "../core/index.ts";
import type { LoadedData } from "../data/index.ts";
import type { EvalReport } from "../eval/index.ts";
import type { TrainEvent } from "../run/index.ts";

/** Where a run lies, and how it is followed and stopped. */
export interface TrainOptions {
  /** Folder of the run; created where missing. */
  readonly out: string;
  /** Continue the run in `out` from its last whole checkpoint; begins it where there is none yet. */
  readonly resume?: boolean;
  /** Aborting finishes the step, writes a checkpoint and ends with `interrupted`. */
  readonly signal?: StopSignal;
  /** Called with what happens, in order; `TrainEvent` lists it. */
  readonly onEvent?: (event: TrainEvent) => void;
  /** Kernel choices to begin with (`plan` of another run's `config.json`): the same ones compute the same bits. */
  readonly plan?: RunRecord["plan"] | undefined;
  /** DATA as the user gave it, for `config.json`. */
  readonly source?: string;
}

/** How a run ended: where it is, and what its encoders reach. Reports are undefined where nothing was measured. */
export interface TrainResult {
  readonly folder: string;
  readonly reason: "finished" | "interrupted";
  readonly step: number;
  readonly epoch: number;
  readonly frozen: EvalReport | undefined;
  /** The frozen features of a model from a file, whitened. */
  readonly whitened: EvalReport | undefined;
  /** Behind them the head that was trained before the model itself. */
  readonly head: EvalReport | undefined;
  readonly trained: EvalReport | undefined;
}

export type Train = (config: RunConfig, images: LoadedData, options: TrainOptions) => Promise<TrainResult>;
