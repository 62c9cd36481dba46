import type { RunConfig } from "../config/index.ts";
import { fail } from "../core/index.ts";
import type { EvalReport } from "../eval/index.ts";
import type { RunPosition } from "./checkpoint.ts";

/** Where a run stands; a checkpoint carries it. The order of the data follows from the seed and `step` alone. */
export interface Position extends RunPosition {
  /** Finished epochs. */
  readonly epoch: number;
  /** Finished steps within the epoch. */
  readonly iteration: number;
  /** Finished steps. */
  readonly step: number;
  /** The step of the last evaluation; -1 before the first. */
  readonly evaluated: number;
  /** The encoder of that evaluation; absent: the query encoder. */
  readonly encoder?: RunConfig["encoder"] | undefined;
  /** The step of the last diagnosis; absent before the first. */
  readonly diagnosed?: number | undefined;
  /** Best fine (else coarse) Recall@1 of an evaluation after the first step. */
  readonly best?: number | undefined;
  readonly frozen?: EvalReport | undefined;
  readonly whitened?: EvalReport | undefined;
  readonly head?: EvalReport | undefined;
  readonly trained?: EvalReport | undefined;
}

export const freshPosition: Position = { epoch: 0, iteration: 0, step: 0, evaluated: -1 };

/** The position of a loaded checkpoint, for a run of `stepsPerEpoch` steps an epoch. */
export function readPosition(file: string, position: RunPosition, stepsPerEpoch: number): Position {
  const at = advance({ ...freshPosition, ...position }, position.step, stepsPerEpoch);
  if (at.epoch !== position.epoch || !Number.isInteger(at.evaluated)) {
    fail("checkpoint", {
      where: file,
      expected: `step ${position.step} in epoch ${at.epoch}, at ${stepsPerEpoch} steps an epoch`,
      found: `epoch ${position.epoch}`,
      fix: "resume with the run's own images and batch size",
    });
  }
  return at;
}

export function advance(position: Position, step: number, stepsPerEpoch: number): Position {
  return { ...position, step, epoch: Math.floor(step / stepsPerEpoch), iteration: step % stepsPerEpoch };
}
