import { openTrunk, type Trunk } from "../backbone/index.ts";
import type { ModelFile, RunConfig } from "../config/index.ts";
import type { Tensors } from "../core/index.ts";
import type { FeatureEncoder } from "../eval/index.ts";
import { type Adapter, adapterIn, compileEncoder, trunkIn } from "../step/index.ts";

/** Features of a dataset's images. */
export interface Features {
  /** [count, dim], before any normalisation, in the order of the dataset. */
  readonly features: Float32Array;
  readonly dim: number;
}

/** What of a configuration opens the model of its backbone. */
export type ModelConfig = Pick<RunConfig, "imageSize" | "features" | "featureOutput" | "threads"> & {
  readonly backbone: ModelFile;
};

/**
 * The model of a run, at the run's size.
 * @param digest `RunRecord.model`, of a run that has begun
 * @param weights of its encoder: what of the model itself was trained takes the place of the model's own numbers
 * @throws MaskconError "weights" where it is another model
 */
export const openModel = (config: ModelConfig, digest: string | undefined, weights: Tensors = {}): Promise<Trunk> => {
  const { backbone: file, imageSize, features: pooling, featureOutput: output, threads } = config;
  return openTrunk({ file, output, pooling, imageSize, threads, digest, numbers: trunkIn(weights) });
};

/** An encoder that must be closed. */
export type OpenEncoder = FeatureEncoder & { close(): Promise<void> };

/** A model with an adapter of these weights behind it; without weights the model alone, as it is. */
export async function openModelEncoder(
  config: ModelConfig & Pick<RunConfig, "batchSize">,
  weights: Tensors,
  digest: string | undefined,
): Promise<OpenEncoder> {
  const model = await openModel(config, digest, weights);
  try {
    const adapter = adapterIn(weights);
    if (!adapter) return model;
    const head = await openAdapter(config, adapter, weights);
    return {
      featureDim: head.featureDim,
      embed: async (images) => head.embed(await model.embed(images)),
      async close() {
        await head.close();
        await model.close();
      },
    };
  } catch (error) {
    await model.close();
    throw error;
  }
}

/** The adapter alone: features of the model [batchSize, F] -> [batchSize, P]. */
export async function openAdapter(
  { imageSize, batchSize, threads }: Pick<RunConfig, "imageSize" | "batchSize" | "threads">,
  backbone: Adapter,
  weights: Tensors,
): Promise<OpenEncoder> {
  const size = { imageSize, batchSize, ...(threads === undefined ? {} : { threads }) };
  // Too small to gain from another device, and then the same everywhere.
  const encoder = await compileEncoder({ backbone, ...size, device: "cpu" });
  try {
    await encoder.load(weights);
    return encoder;
  } catch (error) {
    await encoder.close();
    throw error;
  }
}

/** Features of a frozen model [n, F] through an adapter of these weights, [n, P]; without weights as they are. */
export async function adaptFeatures(
  config: Pick<RunConfig, "imageSize" | "batchSize" | "threads">,
  weights: Tensors,
  found: Features,
): Promise<Features> {
  const backbone = adapterIn(weights);
  if (!backbone) return found;
  const { batchSize } = config;
  const adapter = await openAdapter(config, backbone, weights);
  try {
    const n = found.features.length / found.dim;
    const features = new Float32Array(n * adapter.featureDim);
    for (let first = 0; first < n; first += batchSize) {
      const batch = new Float32Array(batchSize * found.dim);
      batch.set(found.features.subarray(first * found.dim, (first + batchSize) * found.dim));
      const rows = await adapter.embed(batch);
      features.set(rows.subarray(0, Math.min(batchSize, n - first) * adapter.featureDim), first * adapter.featureDim);
    }
    return { features, dim: adapter.featureDim };
  } finally {
    await adapter.close();
  }
}
