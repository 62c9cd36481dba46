import { isModelFile, type RunConfig } from "../config/index.ts";
import { MaskconError } from "../core/index.ts";
import { digestOf } from "../formats/index.ts";
import {
  advance,
  encoderWeights,
  freshPosition,
  loadLastCheckpoint,
  loadRun,
  mendEvaluation,
  type Position,
  readPosition,
  saveInitial,
  writeEvaluation,
} from "../run/index.ts";
import { fillQueue } from "./batches.ts";
import { loadEncoders, loadInitialWeights } from "./initial-weights.ts";
import { unlessAborted } from "./keeper.ts";
import type { OpenRun } from "./open-run.ts";
import { progressAt } from "./progress.ts";
import type { Baselines } from "./run-input.ts";

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
  if (Object.keys(input.start).length > 0) await loadEncoders(step, input.start);
  return config.init === undefined || isModelFile(config.backbone) ? [] : await loadInitialWeights(step, config.init);
}

/**
 * SHA-256 of the file that `init` names, of a run its `id`; undefined without one, and where it cannot be read, which its reader
 * says.
 */
export async function initDigest({
  init,
  backbone,
}: Pick<RunConfig, "init" | "backbone">): Promise<string | undefined> {
  if (init === undefined) return undefined;
  const digest = isModelFile(backbone) ? loadRun(init).then(({ record }) => record.id) : digestOf(init, "sha256");
  return digest.catch((error) => {
    if (error instanceof MaskconError) return undefined;
    throw error;
  });
}

/** A copy of the weights for the frozen baseline, and a queue full of real keys; undefined where it was interrupted first. */
export async function beginRun(run: OpenRun): Promise<Position | undefined> {
  const { config, record, step, loader, signal } = run;
  const baselines = await evaluateBaselines(run);
  const state = await step.save();
  await saveInitial(run, encoderWeights(state));
  const { queueSize, epochs: firstEpoch } = config;
  const progress = progressAt(run, freshPosition, "queue");
  const fill = () => fillQueue(step, loader, { queueSize, firstEpoch, signal, progress });
  const full = !("queue" in state) || ((await prepared(run)) && (await fill()));
  return full ? { ...freshPosition, run: record.id, ...baselines } : undefined;
}

/** Makes what the loader reads; gives whether it is there: `signal` ends it early. */
export async function prepared({ input, signal }: Pick<OpenRun, "input" | "signal">): Promise<boolean> {
  const work = input.prepare().then(() => true);
  return (await unlessAborted(work, signal)) ?? false;
}

/** Measures a model from a file as it is, before anything of it is cached but the test images' features. */
async function evaluateBaselines({ input, emit, signal, paths, record }: OpenRun): Promise<Baselines> {
  const reports = input.baselines && (await unlessAborted(input.baselines({ signal }), signal));
  if (!reports) return {};
  const at = { step: 0, epoch: 0 };
  for (const encoder of ["frozen", "whitened"] as const) {
    const recall = reports[encoder];
    if (recall) emit({ event: "eval", ...at, encoder, recall });
  }
  await writeEvaluation(paths, { ...at, ...reports, run: record.id });
  return reports;
}
