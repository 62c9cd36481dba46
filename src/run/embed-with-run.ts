import { isModelFile } from "../config/index.ts";
import type { Tensors } from "../core/index.ts";
import type { Dataset } from "../data/index.ts";
import { trunkIn } from "../step/index.ts";
import { type EmbedEffort, type EncoderConfig, embedWith } from "./encoder.ts";
import type { Run } from "./load-run.ts";
import { adaptFeatures, type Features } from "./model-encoder.ts";

/** Which encoder of a run `embedWithRun` takes, and on what it computes. */
export interface RunEmbedOptions extends EmbedEffort {
  /** Default: those of the run's encoder in the last checkpoint (`run.trained`); `run.initial` has others. */
  readonly weights?: Tensors;
  /** Default: the run's; another device or number of workers changes nothing but rounding. */
  readonly config?: EncoderConfig;
}

/**
 * The features [n, F] of images of any origin by an encoder of a run, not normalised, in the order of the dataset. The
 * images are seen as the run saw its own: at its size, and under the normalization that it was trained with.
 * @throws MaskconError "checkpoint" where the run has no whole one and no weights are given
 */
export async function embedWithRun(run: Run, dataset: Dataset, o: RunEmbedOptions = {}): Promise<Features> {
  const { weights = (await run.trained()).weights, config = run.record.config, ...effort } = o;
  return runEmbedder(run, dataset, config)(weights, effort);
}

/** `embedWithRun` for encoders of one run, one after the other: what they share, a frozen model from a file, is run once. */
export function runEmbedder(run: Run, dataset: Dataset, config: EncoderConfig) {
  const seen = asSeenBy(run, dataset);
  const full = { model: run.record.model, ...config };
  let bare: Features | undefined;
  return async (weights: Tensors, effort: EmbedEffort = {}): Promise<Features> => {
    if (!isModelFile(config.backbone) || trunkIn(weights).size > 0) return embedWith(full, weights, seen, effort);
    bare ??= await embedWith(full, {}, seen, effort);
    return adaptFeatures(config, weights, bare);
  };
}

/** Images under the normalization that a run was trained with. */
export const asSeenBy = ({ record }: Pick<Run, "record">, dataset: Dataset): Dataset => ({
  ...dataset,
  normalization: record.dataset.normalization,
});
