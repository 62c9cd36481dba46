import { fail } from "../../core/index.ts";
import type { AugmentName } from "../augment/names.ts";
import type { Dataset } from "../dataset.ts";
import { checkWhole, prefetchOf } from "./check.ts";
import { createPool } from "./pool.ts";

/** Images as an encoder takes them. */
export interface ImageBatch {
  /** [batchSize, 3, imageSize, imageSize], normalised; places from `count` on are zeros. Valid until `release()`. */
  readonly images: Float32Array;
  /** How many places hold images; fewer than batchSize in the last batch. */
  readonly count: number;
  /** Place of the first image in the order: the dataset's own by default. */
  readonly first: number;
  /** Gives the memory back to the loader; without it the loader soon fails with the code "busy". */
  release(): void;
}

/** Makes batches of a dataset's images in worker threads, in order. */
export interface EvalLoader {
  /** Every image of the order once, from `firstBatch` on. Each epoch has augmented views of its own, whatever came before. */
  batches(epoch?: number, firstBatch?: number): AsyncIterable<ImageBatch>;
  /** Ends the worker threads. */
  close(): Promise<void>;
}

/** Which images `createEvalLoader` makes batches of, and how they are seen. */
export interface EvalLoaderOptions {
  /** The images; labels are not needed. */
  readonly dataset: Dataset;
  /** N, from 1 to 65,536. */
  readonly batchSize: number;
  /** S: side of the square images in pixels, from 1 to 4,096. */
  readonly imageSize: number;
  /** Threads that decode and transform, from 1 to 256. */
  readonly workers: number;
  /** Which images, and in which order; at most as many as the dataset has. By default all, in its own order. */
  readonly order?: Int32Array;
  /** An augmentation in place of the test transform, drawn from `seed`, the epoch and the image alone. */
  readonly view?: AugmentName;
  /** For `view`; 0 by default. */
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
