import type { RunConfig } from "../config/index.ts";
import type { Tensors } from "../core/index.ts";
import type { Dataset } from "../data/index.ts";
import { type EmbedOptions, type EvalReport, embedDataset, evaluateFeatures } from "../eval/index.ts";
import { compileEncoder, type Encoder } from "../step/index.ts";

export type EncoderConfig = Pick<RunConfig, "backbone" | "imageSize" | "batchSize" | "device" | "threads" | "workers">;

export interface Features {
  /** [count, dim], before any normalisation, in the order of the dataset. */
  readonly features: Float32Array;
  readonly dim: number;
}

/** Works with an encoder of a run's kind and size, on its device, that holds these weights. */
export async function withEncoder<T>(
  { backbone, imageSize, batchSize, device, threads }: EncoderConfig,
  weights: Tensors,
  work: (encoder: Encoder) => Promise<T>,
): Promise<T> {
  const options = { backbone, imageSize, batchSize, device, ...(threads === undefined ? {} : { threads }) };
  const encoder = await compileEncoder(options);
  try {
    await encoder.load(weights);
    return await work(encoder);
  } finally {
    await encoder.close();
  }
}

/** How embedding is stopped (`signal` aborts by throwing), and how it reports the images that are done. */
export type EmbedEffort = Pick<EmbedOptions, "signal" | "progress">;

/**
 * The backbone's features of every image under the test transform and the dataset's own normalization, eval-mode BatchNorm.
 * `embedWithRun` takes a run's instead.
 */
export function embedWith(
  config: EncoderConfig,
  weights: Tensors,
  dataset: Dataset,
  effort: EmbedEffort = {},
): Promise<Features> {
  const { batchSize, imageSize, workers } = config;
  return withEncoder(config, weights, async (encoder) => ({
    features: await embedDataset(encoder, dataset, { batchSize, imageSize, workers, ...effort }),
    dim: encoder.featureDim,
  }));
}

/** Recall@K of an encoder on a labelled set. */
export async function evaluateEncoder(
  config: EncoderConfig,
  weights: Tensors,
  dataset: Dataset,
  effort: EmbedEffort = {},
): Promise<EvalReport> {
  const { features, dim } = await embedWith(config, weights, dataset, effort);
  return evaluateFeatures(features, dim, dataset, { threads: config.threads });
}

/** The part of a state that evaluation and export need: the chosen encoder's backbone, under the query encoder's names. */
export function encoderWeights(state: Tensors, encoder: RunConfig["encoder"] = "query"): Tensors {
  const prefix = `${encoder}_encoder.net.`;
  return Object.fromEntries(
    Object.entries(state)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [`query_encoder.net.${name.slice(prefix.length)}`, tensor]),
  );
}
