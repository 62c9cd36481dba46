import type { Diagnosis } from "../diagnose/index.ts";
import type { EvalReport } from "../eval/index.ts";

/** The events of a run; the loop never prints. `metrics.jsonl` holds these objects but for `progress`, one a line. */
export type TrainEvent =
  | StartEvent
  | StepEvent
  | ProgressEvent
  | EvalEvent
  | DiagnoseEvent
  | CheckpointEvent
  | WarningEvent
  | NoticeEvent
  | EndEvent;

/**
 * A run begins or goes on.
 * @inline
 */
export interface StartEvent {
  readonly event: "start";
  /** The `id` of the run; those of earlier versions have none. */
  readonly run?: string | undefined;
  /** Steps already done: 0, or where a resumed run continues. */
  readonly step: number;
  readonly epoch: number;
  readonly resumed: boolean;
  readonly steps: number;
  readonly stepsPerEpoch: number;
  readonly batchSize: number;
  readonly dataset: string;
  readonly trainImages: number;
  readonly testImages: number;
  readonly time: string;
  /** `head`: of the run that trains the head before a model itself. */
  readonly stage?: "head";
}

/**
 * A step is done.
 * @inline
 */
export interface StepEvent {
  readonly event: "step";
  /** Counted from 1: this many steps are done. */
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Of the gradient before it is clipped; with the setting `clipNorm`. */
  readonly gradientNorm?: number;
  readonly imagesPerSecond: number;
  /** Share of the time spent waiting for images, in [0, 1]. */
  readonly dataWait: number;
}

/**
 * How much of a wait between two steps is over.
 * @inline
 */
export interface ProgressEvent {
  readonly event: "progress";
  readonly step: number;
  readonly epoch: number;
  /** Keys that fill the queue before the first step, images that are embedded, or those whose features are cached. */
  readonly what: "queue" | "eval" | "diagnose" | "features";
  readonly done: number;
  readonly total: number;
}

/**
 * Encoders were measured.
 * @inline
 */
export interface EvalEvent {
  readonly event: "eval";
  readonly step: number;
  readonly epoch: number;
  /**
   * `whitened`: the frozen features of a model from a file, whitened. `head`: behind them the head that is trained before the
   * model itself.
   */
  readonly encoder: "frozen" | "whitened" | "head" | "trained";
  /** Recall@K on the test images, fractions. */
  readonly recall: EvalReport;
}

/**
 * The targets of every method on the run's own keys, against the fine labels (docs/diagnose.md).
 * @inline
 */
export interface DiagnoseEvent extends Diagnosis {
  readonly event: "diagnose";
  readonly step: number;
  readonly epoch: number;
}

/**
 * The state is on disk.
 * @inline
 */
interface CheckpointEvent {
  readonly event: "checkpoint";
  readonly step: number;
  readonly epoch: number;
  readonly file: string;
}

/**
 * Something is likely wrong.
 * @inline
 */
interface WarningEvent {
  readonly event: "warning";
  readonly step: number;
  readonly epoch: number;
  readonly message: string;
}

/**
 * What its reader should know, and need not act on.
 * @inline
 */
interface NoticeEvent {
  readonly event: "notice";
  readonly step: number;
  readonly epoch: number;
  readonly message: string;
}

/**
 * The run ends.
 * @inline
 */
export interface EndEvent {
  readonly event: "end";
  readonly step: number;
  readonly epoch: number;
  readonly reason: "finished" | "interrupted";
  /** Over the steps of this process, its first few left out. */
  readonly imagesPerSecond: number;
  readonly dataWait: number;
  /** Wall clock of this process. */
  readonly seconds: number;
}
