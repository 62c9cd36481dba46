import type { Dataset } from "../dataset.ts";
import { checkWhole, prefetchOf } from "./check.ts";
import { createPool } from "./pool.ts";

export interface ImageBatch {
  /** [batchSize, 3, imageSize, imageSize], normalised; places from `count` on are zeros. Valid until `release()`. */
  readonly images: Float32Array;
  readonly count: number;
  /** Place of the first image in the dataset. */
  readonly first: number;
  release(): void;
}

export interface EvalLoader {
  /** Every image once, in the dataset's order. */
  batches(): AsyncIterable<ImageBatch>;
  close(): Promise<void>;
}

export interface EvalLoaderOptions {
  readonly dataset: Dataset;
  readonly batchSize: number;
  readonly imageSize: number;
  readonly workers: number;
}

/** Images under the test transform (see `testTransform`), in order. */
export async function createEvalLoader(options: EvalLoaderOptions): Promise<EvalLoader> {
  const { dataset, batchSize, imageSize, workers } = options;
  checkWhole("batchSize", batchSize, 1, 65536);
  checkWhole("imageSize", imageSize, 1, 4096);
  checkWhole("workers", workers, 1, 256);
  const slots = 1 + prefetchOf(undefined, batchSize * 3 * imageSize * imageSize * 4);
  const pool = await createPool({ dataset, batchSize, imageSize, views: ["test"], seed: 0, workers, slots });
  const order = Int32Array.from({ length: dataset.length }, (_, i) => i);

  async function* batches(): AsyncGenerator<ImageBatch> {
    const job = { epoch: 0, firstBatch: 0, batches: Math.ceil(dataset.length / batchSize), order, count: order.length };
    for await (const { batch, pixels, release } of pool.run(job)) {
      const first = batch * batchSize;
      yield { images: pixels[0]!, count: Math.min(batchSize, dataset.length - first), first, release };
    }
  }
  return { batches, close: () => pool.close() };
}
