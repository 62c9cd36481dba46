import type { RunConfig } from "../config/index.ts";
import type { Tensors } from "../core/index.ts";
import { createEvalLoader, type Dataset } from "../data/index.ts";
import { type EvalReport, evaluateFeatures } from "../eval/index.ts";
import { compileEncoder } from "../step/index.ts";

type EncoderConfig = Pick<RunConfig, "backbone" | "imageSize" | "batchSize" | "device" | "threads" | "workers">;

export interface Features {
  /** [count, dim], before any normalisation, in the order of the dataset. */
  readonly features: Float32Array;
  readonly dim: number;
}

/**
 * The backbone's features of every image under the test transform, eval-mode BatchNorm.
 * Gives undefined where `signal` aborts on the way.
 */
export async function embedDataset(
  config: EncoderConfig,
  weights: Tensors,
  dataset: Dataset,
  signal?: AbortSignal,
): Promise<Features | undefined> {
  const { backbone, imageSize, batchSize, device, threads, workers } = config;
  const encoder = await compileEncoder({
    backbone,
    imageSize,
    batchSize,
    device,
    ...(threads === undefined ? {} : { threads }),
  });
  try {
    await encoder.load(weights);
    const loader = await createEvalLoader({ dataset, batchSize, imageSize, workers });
    try {
      const dim = encoder.featureDim;
      const features = new Float32Array(dataset.length * dim);
      for await (const batch of loader.batches()) {
        const rows = await encoder.embed(batch.images);
        features.set(rows.subarray(0, batch.count * dim), batch.first * dim);
        batch.release();
        if (signal?.aborted) return undefined;
      }
      return { features, dim };
    } finally {
      await loader.close();
    }
  } finally {
    await encoder.close();
  }
}

/** Recall@K of an encoder on a labelled set; undefined where `signal` aborts on the way. */
export async function evaluateEncoder(
  config: EncoderConfig,
  weights: Tensors,
  dataset: Dataset,
  signal?: AbortSignal,
): Promise<EvalReport | undefined> {
  const embedded = await embedDataset(config, weights, dataset, signal);
  return embedded && (await evaluateFeatures(embedded.features, embedded.dim, dataset));
}

const encoderPrefix = "query_encoder.net.";

/** The part of a state that evaluation and export need. */
export function encoderWeights(state: Tensors): Tensors {
  return Object.fromEntries(Object.entries(state).filter(([name]) => name.startsWith(encoderPrefix)));
}
