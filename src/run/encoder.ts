import { isModelFile, type RunConfig } from "../config/index.ts";
import { float32, type TensorData, type Tensors } from "../core/index.ts";
import type { Dataset } from "../data/index.ts";
import {
  type EmbedOptions,
  type EvalReport,
  embedDataset,
  evaluateFeatures,
  type FeatureEncoder,
} from "../eval/index.ts";
import { compileEncoder } from "../step/index.ts";
import { type Features, type OpenEncoder, openModelEncoder } from "./model-encoder.ts";

/** The settings of a run that say what its encoder is, and what computes it. A `RunConfig` has them. */
export type EncoderConfig = Pick<RunConfig, "backbone" | "imageSize" | "batchSize" | "device" | "threads" | "workers"> &
  Pick<RunConfig, "features" | "featureOutput"> & {
    /** Of a backbone from a file: `RunRecord.model`; another one is refused. */
    readonly model?: string | undefined;
  };

/**
 * Works with an encoder of a run's kind and size, on its device, that holds these weights. Behind a model from a file no
 * weights stand for the model alone.
 */
export async function withEncoder<T>(
  config: EncoderConfig,
  weights: Tensors,
  work: (encoder: FeatureEncoder) => Promise<T>,
): Promise<T> {
  const encoder = await openEncoder(config, weights);
  try {
    return await work(encoder);
  } finally {
    await encoder.close();
  }
}

export async function openEncoder(config: EncoderConfig, weights: Tensors): Promise<OpenEncoder> {
  const { backbone, imageSize, batchSize, device, threads, model } = config;
  if (isModelFile(backbone)) return openModelEncoder({ ...config, backbone }, weights, model);
  const options = { backbone, imageSize, batchSize, device, ...(threads === undefined ? {} : { threads }) };
  const encoder = await compileEncoder(options);
  try {
    await encoder.load(weights);
    return encoder;
  } catch (error) {
    await encoder.close();
    throw error;
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

/**
 * The part of a state that evaluation and export need: the chosen encoder's backbone, under the query encoder's names. An
 * adapter's is z = f + adapterShare (B relu(A f + a) + b), between the whitened features and all that was learned.
 * Source of the interpolation: WiSE-FT (Wortsman et al. 2022).
 */
export function encoderWeights(
  state: Tensors,
  encoder: RunConfig["encoder"] = "query",
  adapterShare: RunConfig["adapterShare"] = 1,
): Tensors {
  const prefix = `${encoder}_encoder.net.`;
  return Object.fromEntries(
    Object.entries(state)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor] as const)
      .map(([name, tensor]) => [
        `query_encoder.net.${name}`,
        name.startsWith(ADAPTED) ? scaled(tensor, adapterShare) : tensor,
      ]),
  );
}

/** B and b of an adapter. */
const ADAPTED = "adapter.2.";

function scaled({ shape, data }: TensorData, by: number): TensorData {
  return float32(
    shape,
    Array.from(data, (value) => value * by),
  );
}
