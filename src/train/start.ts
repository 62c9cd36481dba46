import type { RunConfig } from "../config/index.ts";
import { MaskconError } from "../core/index.ts";
import { digestOf } from "../formats/index.ts";
import {
  advance,
  encoderWeights,
  freshPosition,
  loadLastCheckpoint,
  mendEvaluation,
  type Position,
  readPosition,
  saveInitial,
} from "../run/index.ts";
import { fillQueue } from "./batches.ts";
import { loadInitialWeights } from "./initial-weights.ts";
import type { OpenRun } from "./open-run.ts";
import { progressAt } from "./progress.ts";

/** Loads the last whole checkpoint into the step; undefined where the run has none yet. */
export async function restoreRun(
  run: OpenRun,
): Promise<{ position: Position; warnings: readonly string[] } | undefined> {
  const checkpoint = await loadLastCheckpoint(run.paths.checkpoints, run.record.id);
  if (!checkpoint) return undefined;
  await run.step.load(checkpoint.tensors);
  const { batchesPerEpoch } = run.loader;
  const position = readPosition(checkpoint.file, checkpoint.position, batchesPerEpoch);
  if (position.evaluated >= 0) await mendEvaluation(run.paths, advance(position, position.evaluated, batchesPerEpoch));
  return {
    position,
    warnings: checkpoint.skipped.map((line) => `passed over a checkpoint: ${line}`),
  };
}

/** The weights that `init` names, in every encoder; what its reader should know. Writes nothing: a bad file leaves no run. */
export async function initializeRun({ config, step }: OpenRun): Promise<readonly string[]> {
  return config.init === undefined ? [] : await loadInitialWeights(step, config.init);
}

/** SHA-256 of the file that `init` names; undefined without one, and where it cannot be read, which its reader says. */
export async function initDigest({ init }: Pick<RunConfig, "init">): Promise<string | undefined> {
  if (init === undefined) return undefined;
  return digestOf(init, "sha256").catch((error) => {
    if (error instanceof MaskconError) return undefined;
    throw error;
  });
}

/** A copy of the weights for the frozen baseline, and a queue full of real keys; undefined where it was interrupted first. */
export async function beginRun(run: OpenRun): Promise<Position | undefined> {
  const { config, record, step, loader, signal } = run;
  const state = await step.save();
  await saveInitial(run, encoderWeights(state));
  const { queueSize, epochs: firstEpoch } = config;
  const progress = progressAt(run, freshPosition, "queue");
  const full = !("queue" in state) || (await fillQueue(step, loader, { queueSize, firstEpoch, signal, progress }));
  return full ? { ...freshPosition, run: record.id } : undefined;
}
