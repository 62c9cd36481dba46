import type { RunConfig } from "../config/index.ts";
import { MaskconError } from "../core/index.ts";
import type { EvalReport } from "../eval/index.ts";
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
  writeEvaluation,
} from "../run/index.ts";
import { fillQueue } from "./batches.ts";
import { loadInitialWeights, loadStart } from "./initial-weights.ts";
import { unlessAborted } from "./keeper.ts";
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

/**
 * The weights that training starts with, in every encoder: those that `init` names, or a whitening. What their reader should
 * know. Writes nothing: a bad file leaves no run.
 */
export async function initializeRun({ config, step, input }: OpenRun): Promise<readonly string[]> {
  if (Object.keys(input.start).length > 0) await loadStart(step, input.start);
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
  const frozen = await evaluateFrozen(run);
  const state = await step.save();
  await saveInitial(run, encoderWeights(state));
  const { queueSize, epochs: firstEpoch } = config;
  const progress = progressAt(run, freshPosition, "queue");
  const fill = () => fillQueue(step, loader, { queueSize, firstEpoch, signal, progress });
  const full = !("queue" in state) || ((await prepared(run)) && (await fill()));
  return full ? { ...freshPosition, run: record.id, ...(frozen && { frozen }) } : undefined;
}

/** Makes what the loader reads; gives whether it is there: `signal` ends it early. */
export async function prepared({ input, signal }: Pick<OpenRun, "input" | "signal">): Promise<boolean> {
  const work = input.prepare().then(() => true);
  return (await unlessAborted(work, signal)) ?? false;
}

/** Measures a model from a file as it is, before anything of it is cached but the test images' features. */
async function evaluateFrozen({ input, emit, signal, paths, record }: OpenRun): Promise<EvalReport | undefined> {
  const recall = input.frozen && (await unlessAborted(input.frozen({ signal }), signal));
  if (!recall) return undefined;
  const at = { step: 0, epoch: 0 };
  emit({ event: "eval", ...at, encoder: "frozen", recall });
  await writeEvaluation(paths, { ...at, frozen: recall, run: record.id });
  return recall;
}
