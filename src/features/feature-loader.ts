import { type Random, random } from "../core/index.ts";
import { checkCrops, type Dataset, type TrainBatch, type TrainLoader, trainOrder } from "../data/index.ts";
import type { FeatureCache } from "./feature-cache.ts";

/** Where `createFeatureLoader` takes features from. */
export interface FeatureLoaderOptions {
  /** With all its views made. */
  readonly cache: FeatureCache;
  /** The training images of the cache. */
  readonly dataset: Dataset;
  /** N: images of a batch. */
  readonly batchSize: number;
  /** Strong views of an image; 1 by default. */
  readonly crops?: number;
  /** Decides the order of the images and which views they show. */
  readonly seed: number;
}

/**
 * Two cached views of every image, shuffled by (seed, epoch): `query` and `key` are features [batchSize, F] of a strong and a
 * weak one. Of several crops the query is [crops * batchSize, F], the first crop of every image first; they are different views
 * up to K/2, then all of them again. Which views an image shows depends on nothing but (seed, epoch, image, crop).
 * @throws MaskconError "config" where sizes are impossible, "data" where the set is smaller than one batch
 */
export function createFeatureLoader(o: FeatureLoaderOptions): TrainLoader {
  const { cache, dataset, batchSize, seed, crops = 1 } = o;
  const { batchesPerEpoch, ...shuffled } = trainOrder(dataset, batchSize, seed);
  checkCrops(crops);
  const streams = { strong: 0, weak: 1 };

  const rows = (kind: keyof typeof streams, epoch: number, images: Int32Array, times: number): Float32Array => {
    const out = new Float32Array(times * images.length * cache.featureDim);
    const drawn = Array.from(images, (image) => {
      return drawnViews(cache.views / 2, times, random(seed, epoch, image, streams[kind]));
    });
    for (let crop = 0; crop < times; crop++) {
      const part = out.subarray((crop * out.length) / times, ((crop + 1) * out.length) / times);
      const view = Int32Array.from(drawn, (views) => views[crop]!);
      cache.read(kind, images, view, part);
    }
    return out;
  };

  async function* epoch(epoch: number, firstBatch = 0): AsyncGenerator<TrainBatch> {
    shuffled.checkFirst(firstBatch);
    const order = shuffled.orderOf(epoch);
    for (let batch = firstBatch; batch < batchesPerEpoch; batch++) {
      const { indices, coarseLabels } = shuffled.batchOf(order, batch);
      const query = rows("strong", epoch, indices, crops);
      const key = rows("weak", epoch, indices, 1);
      yield { query, key, coarseLabels, indices, release: () => undefined };
    }
  }
  return { batchesPerEpoch, epoch, waitedMs: 0, close: async () => undefined };
}

/** The first `count` of `views` places in a random order; where there are fewer, all of them again in another order. */
function drawnViews(views: number, count: number, rng: Random): number[] {
  const order = Array.from({ length: views }, (_, i) => i);
  return Array.from({ length: count }, (_, crop) => {
    const at = crop % views;
    const other = at + rng.integer(views - at);
    [order[at], order[other]] = [order[other]!, order[at]!];
    return order[at]!;
  });
}
