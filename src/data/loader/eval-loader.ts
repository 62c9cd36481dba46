import { fail } from "../../core/index.ts";
import type { AugmentName } from "../augment/names.ts";
import type { Dataset } from "../dataset.ts";
import { checkWhole, prefetchOf } from "./check.ts";
import { createPool } from "./pool.ts";

export interface ImageBatch {
  /** [batchSize, 3, imageSize, imageSize], normalised; places from `count` on are zeros. Valid until `release()`. */
  readonly images: Float32Array;
  readonly count: number;
  /** Place of the first image in the order: the dataset's own by default. */
  readonly first: number;
  release(): void;
}

export interface EvalLoader {
  /** Every image of the order once, from `firstBatch` on. Each epoch has augmented views of its own, whatever came before. */
  batches(epoch?: number, firstBatch?: number): AsyncIterable<ImageBatch>;
  close(): Promise<void>;
}

export interface EvalLoaderOptions {
  readonly dataset: Dataset;
  readonly batchSize: number;
  readonly imageSize: number;
  readonly workers: number;
  /** Which images, and in which order; at most as many as the dataset has. By default all, in its own order. */
  readonly order?: Int32Array;
  /** An augmentation in place of the test transform, drawn from `seed`, the epoch and the image alone. */
  readonly view?: AugmentName;
  readonly seed?: number;
}

/** Images under the test transform (see `testTransform`) or one `view`, in order. */
export async function createEvalLoader(options: EvalLoaderOptions): Promise<EvalLoader> {
  const { dataset, batchSize, imageSize, workers, view = "test", seed = 0 } = options;
  checkWhole("batchSize", batchSize, 1, 65536);
  checkWhole("imageSize", imageSize, 1, 4096);
  checkWhole("workers", workers, 1, 256);
  const slots = 1 + prefetchOf(undefined, batchSize * 3 * imageSize * imageSize * 4);
  const order = options.order ?? Int32Array.from({ length: dataset.length }, (_, i) => i);
  if (order.length > dataset.length || order.some((place) => place < 0 || place >= dataset.length)) {
    const expected = `at most ${dataset.length} places below ${dataset.length}`;
    fail("config", { where: "order", expected, found: `${order.length} places` });
  }
  const pool = await createPool({
    dataset,
    batchSize,
    imageSize,
    views: [{ name: view, stream: 0 }],
    seed,
    workers,
    slots,
  });

  async function* batches(epoch = 0, firstBatch = 0): AsyncGenerator<ImageBatch> {
    const inAll = Math.ceil(order.length / batchSize);
    checkWhole("firstBatch", firstBatch, 0, inAll);
    const job = { epoch, firstBatch, batches: inAll - firstBatch, order, count: order.length };
    for await (const { batch, pixels, release } of pool.run(job)) {
      const first = batch * batchSize;
      yield { images: pixels[0]!, count: Math.min(batchSize, order.length - first), first, release };
    }
  }
  return { batches, close: () => pool.close() };
}
