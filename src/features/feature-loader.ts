import { random } from "../core/index.ts";
import { type Dataset, type TrainBatch, type TrainLoader, trainOrder } from "../data/index.ts";
import type { FeatureCache } from "./feature-cache.ts";

export interface FeatureLoaderOptions {
  /** With all its views made. */
  readonly cache: FeatureCache;
  /** The training images of the cache. */
  readonly dataset: Dataset;
  readonly batchSize: number;
  readonly seed: number;
}

/**
 * Two cached views of every image, shuffled by (seed, epoch): `query` and `key` are features [batchSize, F] of a strong and a
 * weak one. Which views an image shows depends on nothing but (seed, epoch, image).
 * @throws MaskconError "config" where sizes are impossible, "data" where the set is smaller than one batch
 */
export function createFeatureLoader(o: FeatureLoaderOptions): TrainLoader {
  const { cache, dataset, batchSize, seed } = o;
  const { batchesPerEpoch, ...shuffled } = trainOrder(dataset, batchSize, seed);

  const rows = (kind: "strong" | "weak", epoch: number, images: Int32Array): Float32Array => {
    const out = new Float32Array(images.length * cache.featureDim);
    const stream = kind === "strong" ? 0 : 1;
    const view = images.map((image) => random(seed, epoch, image, stream).integer(cache.views / 2));
    cache.read(kind, images, view, out);
    return out;
  };

  async function* epoch(epoch: number, firstBatch = 0): AsyncGenerator<TrainBatch> {
    shuffled.checkFirst(firstBatch);
    const order = shuffled.orderOf(epoch);
    for (let batch = firstBatch; batch < batchesPerEpoch; batch++) {
      const { indices, coarseLabels } = shuffled.batchOf(order, batch);
      const query = rows("strong", epoch, indices);
      const key = rows("weak", epoch, indices);
      yield { query, key, coarseLabels, indices, release: () => undefined };
    }
  }
  return { batchesPerEpoch, epoch, waitedMs: 0, close: async () => undefined };
}
