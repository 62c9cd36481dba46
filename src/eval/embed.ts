import { fail, type StopSignal } from "../core/index.ts";
import { createEvalLoader, type Dataset } from "../data/index.ts";

/** What turns images [batchSize, 3, S, S] into features [batchSize, featureDim]; `compileEncoder` makes one. */
export interface FeatureEncoder {
  readonly featureDim: number;
  /** The features of one whole batch, not normalised. */
  embed(images: Float32Array): Promise<Float32Array>;
}

/** How images are made for an encoder. */
export interface EmbedOptions {
  /** The encoder's own. */
  readonly batchSize: number;
  /** S: side of the images in pixels, the encoder's own. */
  readonly imageSize: number;
  /** Threads that decode images, from 1 to 256. */
  readonly workers: number;
  /** Aborts by throwing its reason, between two batches. */
  readonly signal?: StopSignal | undefined;
  /** Called after every batch. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

interface FeatureBatch {
  /** [count, featureDim], not normalised. */
  readonly features: Float32Array;
  readonly count: number;
  /** Place of the first row in the dataset. */
  readonly first: number;
}

/** The features of every image under the test transform, in the dataset's order, one batch in memory at a time. */
export async function* embedBatches(
  encoder: FeatureEncoder,
  dataset: Dataset,
  o: EmbedOptions,
): AsyncGenerator<FeatureBatch> {
  const { batchSize, imageSize, workers } = o;
  const loader = await createEvalLoader({ dataset, batchSize, imageSize, workers });
  try {
    for await (const { images, count, first, release } of loader.batches()) {
      o.signal?.throwIfAborted();
      const features = await encoder.embed(images).finally(release);
      if (features.length !== batchSize * encoder.featureDim) {
        fail("shape", {
          where: "features",
          expected: `${batchSize} x ${encoder.featureDim} values`,
          found: `${features.length}`,
        });
      }
      yield { features: features.subarray(0, count * encoder.featureDim), count, first };
      o.progress?.(first + count, dataset.length);
    }
  } finally {
    await loader.close();
  }
}

/** The features [length, featureDim] of every image, not normalised (`normalizeRows` gives a copy that is). */
export async function embedDataset(encoder: FeatureEncoder, dataset: Dataset, o: EmbedOptions): Promise<Float32Array> {
  const all = new Float32Array(dataset.length * encoder.featureDim);
  for await (const { features, first } of embedBatches(encoder, dataset, o)) {
    all.set(features, first * encoder.featureDim);
  }
  return all;
}
