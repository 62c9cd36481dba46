import { isModelFile, type RunConfig } from "../config/index.ts";
import type { Tensors } from "../core/index.ts";
import type { Dataset } from "../data/index.ts";
import { comparedMethods, type Diagnosis, diagnose, knownRelations, type RelationsOptions } from "../diagnose/index.ts";
import { objectiveOf } from "../methods/index.ts";
import type { Position } from "../run/index.ts";
import { compileKeyEncoder, type KeyEncoder } from "../step/index.ts";
import { endsEpoch } from "./due.ts";
import { openModelKeyEncoder } from "./model-key-encoder.ts";
import { scheduleOf } from "./schedule.ts";
import { settingsAt } from "./settings.ts";

/** Images that are queries in a diagnosis. */
const DIAGNOSED_QUERIES = 1000;

/** At the start, every n epochs and at the end, once each; 0 is never. */
export function diagnosisDue(
  { diagnoseEvery }: Pick<RunConfig, "diagnoseEvery">,
  totalSteps: number,
  position: Position,
): boolean {
  const { step, diagnosed } = position;
  if (diagnoseEvery === 0 || step === diagnosed) return false;
  return step === 0 || step === totalSteps || endsEpoch(position, diagnoseEvery);
}

/** A run's configuration with the values its changing settings have after `step` steps. */
export function configAt(config: RunConfig, step: number, trainImages: number): RunConfig {
  const { totalSteps } = scheduleOf(config, Math.max(1, Math.floor(trainImages / config.batchSize)));
  return { ...config, ...settingsAt(config, Math.min(step, totalSteps - 1), totalSteps) };
}

/** Whether a run of this configuration has a key encoder and a projector; SupCE, and CoIns with w 1, have neither. */
export const hasKeys = ({ method, softWeight }: Pick<RunConfig, "method" | "softWeight">): boolean =>
  objectiveOf({ name: method, ...(softWeight === undefined ? {} : { softWeight }) }).contrastive !== undefined;

/**
 * The encoder of a run's keys, without weights; the features of its query encoder where it has no keys.
 * @param model of a backbone from a file: `RunRecord.model`; another one is refused
 */
export function openKeyEncoder(config: RunConfig, model?: string): Promise<KeyEncoder> {
  const { backbone, imageSize, batchSize, device, threads, seed } = config;
  const embeddingDim = hasKeys(config) ? config.embeddingDim : undefined;
  const options = { batchSize, device, seed, embeddingDim, ...(threads === undefined ? {} : { threads }) };
  if (isModelFile(backbone)) return openModelKeyEncoder({ ...config, backbone }, options, model);
  return compileKeyEncoder({ ...options, backbone, imageSize });
}

/** Takes the key encoder of a state, or the query encoder where that is all there is: SupCE, and the weights before the first step. */
export function loadKeys(encoder: KeyEncoder, state: Tensors): Promise<void> {
  const own = Object.keys(state).some((name) => name.startsWith("key_encoder."));
  return encoder.load(state, own ? "key_encoder." : "query_encoder.");
}

/** What a diagnosis embeds, as the run itself would. */
export function relationsOptions(
  config: RunConfig,
  effort: Pick<RelationsOptions, "signal" | "progress"> = {},
): RelationsOptions {
  const { batchSize, imageSize, workers, weak: view, queueSize, seed } = config;
  return { batchSize, imageSize, workers, view, queueSize, seed, queries: DIAGNOSED_QUERIES, ...effort };
}

/** The targets of every method on the keys of a state, against the fine labels. Nothing of it goes back into the training. */
export async function diagnoseState(
  config: RunConfig,
  state: Tensors,
  dataset: Dataset,
  effort: Pick<RelationsOptions, "signal" | "progress"> = {},
): Promise<Diagnosis> {
  const encoder = await openKeyEncoder(config);
  try {
    await loadKeys(encoder, state);
    const relations = await knownRelations(encoder, dataset, relationsOptions(config, effort));
    return diagnose(relations, comparedMethods(config), config.temperature);
  } finally {
    await encoder.close();
  }
}
