import type { AugmentName } from "../augment/names.ts";
import type { Dataset } from "../dataset.ts";
import { checkCrops, checkWhole, prefetchOf } from "./check.ts";
import { createPool } from "./pool.ts";
import type { View } from "./protocol.ts";
import { trainOrder } from "./train-order.ts";

/** Two views of the same images, with their coarse labels. */
export interface TrainBatch {
  /**
   * Strong view, [batchSize, 3, imageSize, imageSize], normalised; shared memory, valid until `release()`. Of several crops
   * [crops * batchSize, ...], the first of every image, then the second of every image.
   */
  readonly query: Float32Array;
  /** Weak view of the same images, [batchSize, 3, imageSize, imageSize]. */
  readonly key: Float32Array;
  /** [batchSize] */
  readonly coarseLabels: Int32Array;
  /** [batchSize], places in the dataset. */
  readonly indices: Int32Array;
  /** Gives the memory back to the loader. A batch that is never released stalls the ring. */
  release(): void;
}

/** Makes shuffled batches of a dataset's images, epoch by epoch. */
export interface TrainLoader {
  readonly batchesPerEpoch: number;
  /** The batches of one epoch from `firstBatch` on; the same ones whatever came before and however many workers run. */
  epoch(epoch: number, firstBatch?: number): AsyncIterable<TrainBatch>;
  /** Milliseconds the consumer has waited for data since the loader was made. */
  readonly waitedMs: number;
  /** Ends the loader and its worker threads. */
  close(): Promise<void>;
}

/** Which images `createTrainLoader` makes batches of, and their views. */
export interface TrainLoaderOptions {
  /** Images with a coarse label each, at least `batchSize` of them. */
  readonly dataset: Dataset;
  /** N: images of a batch. */
  readonly batchSize: number;
  /** S: side of the square views in pixels, from 1 to 4,096. */
  readonly imageSize: number;
  /** Augmentation of the key view. */
  readonly weak: AugmentName;
  /** Augmentation of the query views. */
  readonly strong: AugmentName;
  /** Strong views of an image, each of its own random numbers; 1 by default. */
  readonly crops?: number;
  /** Decides the order of the images and every view. */
  readonly seed: number;
  /** Threads that make views, from 1 to 256; their number changes no result. */
  readonly workers: number;
  /** Batches made ahead of the one in use; by default 1 to 3, whatever fits 256 MB. */
  readonly prefetch?: number;
}

/**
 * Two augmented views of every image, or one more for each further crop, shuffled by (seed, epoch); the last partial batch is
 * dropped. A view depends on nothing but (seed, epoch, sample, view): the first crop is the same however many there are.
 * @throws MaskconError "config" where sizes are impossible, "data" where the set is smaller than one batch
 */
export async function createTrainLoader(options: TrainLoaderOptions): Promise<TrainLoader> {
  const { dataset, batchSize, imageSize, seed, weak, strong, crops = 1 } = options;
  const { batchesPerEpoch, ...shuffled } = trainOrder(dataset, batchSize, seed);
  checkWhole("imageSize", imageSize, 1, 4096);
  checkWhole("workers", options.workers, 1, 256);
  checkCrops(crops);
  const floats = batchSize * 3 * imageSize * imageSize;
  const slots = 1 + prefetchOf(options.prefetch, (crops + 1) * floats * 4);
  const views = viewsOf(strong, weak, crops);
  const pool = await createPool({ dataset, batchSize, imageSize, views, seed, workers: options.workers, slots });

  async function* epoch(epoch: number, firstBatch = 0): AsyncGenerator<TrainBatch> {
    shuffled.checkFirst(firstBatch);
    const order = shuffled.orderOf(epoch);
    const batches = batchesPerEpoch - firstBatch;
    for await (const batch of pool.run({ epoch, firstBatch, batches, order, count: order.length })) {
      const [{ buffer, byteOffset }] = batch.pixels as [Float32Array];
      const query = new Float32Array(buffer, byteOffset, crops * floats);
      yield { query, key: batch.pixels[crops]!, ...shuffled.batchOf(order, batch.batch), release: batch.release };
    }
  }
  return {
    batchesPerEpoch,
    epoch,
    get waitedMs() {
      return pool.waitedMs;
    },
    close: () => pool.close(),
  };
}

/** The strong views and, behind them, the weak one. The first two streams are those of a single crop and its weak view. */
function viewsOf(strong: AugmentName, weak: AugmentName, crops: number): View[] {
  const further = Array.from({ length: crops - 1 }, (_, i) => ({ name: strong, stream: i + 2 }));
  return [{ name: strong, stream: 0 }, ...further, { name: weak, stream: 1 }];
}
