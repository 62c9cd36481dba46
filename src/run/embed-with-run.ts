import type { Tensors } from "../core/index.ts";
import type { Dataset } from "../data/index.ts";
import { type EmbedEffort, type EncoderConfig, embedWith, type Features } from "./encoder.ts";
import type { Run } from "./load-run.ts";

export interface RunEmbedOptions extends EmbedEffort {
  /** Default: those of the run's encoder in the last checkpoint (`run.trained`); `run.initial` has others. */
  readonly weights?: Tensors;
  /** Default: the run's; another device or number of workers changes nothing but rounding. */
  readonly config?: EncoderConfig;
}

/**
 * The features [n, dim] of images of any origin by an encoder of a run, not normalised, in the order of the dataset. The
 * images are seen as the run saw its own: at its size, and under the normalization that it was trained with.
 * @throws MaskconError "checkpoint" where the run has no whole one and no weights are given
 */
export async function embedWithRun(run: Run, dataset: Dataset, o: RunEmbedOptions = {}): Promise<Features> {
  const { weights = (await run.trained()).weights, config = run.record.config, ...effort } = o;
  return embedWith(config, weights, asSeenBy(run, dataset), effort);
}

/** Images under the normalization that a run was trained with. */
export const asSeenBy = ({ record }: Pick<Run, "record">, dataset: Dataset): Dataset => ({
  ...dataset,
  normalization: record.dataset.normalization,
});
