import type { RunConfig } from "../config/index.ts";
import type { Tensors } from "../core/index.ts";
import type { Dataset } from "../data/index.ts";
import { type EmbedOptions, type EvalReport, embedDataset, evaluateFeatures } from "../eval/index.ts";
import { compileEncoder } from "../step/index.ts";

export type EncoderConfig = Pick<RunConfig, "backbone" | "imageSize" | "batchSize" | "device" | "threads" | "workers">;

export interface Features {
  /** [count, dim], before any normalisation, in the order of the dataset. */
  readonly features: Float32Array;
  readonly dim: number;
}

/** An encoder of a run's kind and size on its device. */
export function openEncoder({ backbone, imageSize, batchSize, device, threads }: EncoderConfig) {
  return compileEncoder({ backbone, imageSize, batchSize, device, ...(threads === undefined ? {} : { threads }) });
}

/** How embedding is stopped (`signal` aborts by throwing), and how it tells the images that are done. */
export type EmbedEffort = Pick<EmbedOptions, "signal" | "progress">;

/** The backbone's features of every image under the test transform, eval-mode BatchNorm. */
export async function embedWith(
  config: EncoderConfig,
  weights: Tensors,
  dataset: Dataset,
  effort: EmbedEffort = {},
): Promise<Features> {
  const { batchSize, imageSize, workers } = config;
  const encoder = await openEncoder(config);
  try {
    await encoder.load(weights);
    const options = { batchSize, imageSize, workers, ...effort };
    return { features: await embedDataset(encoder, dataset, options), dim: encoder.featureDim };
  } finally {
    await encoder.close();
  }
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
