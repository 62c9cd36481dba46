import { fail, permutation, random } from "../../core/index.ts";
import type { Dataset } from "../dataset.ts";
import { checkWhole } from "./check.ts";

/** In which batches an epoch shows the training images. */
export interface TrainOrder {
  readonly batchesPerEpoch: number;
  /** The images of an epoch, shuffled by (seed, epoch): places in the dataset. */
  orderOf(epoch: number): Int32Array;
  /** Batch `batch` of such an order. */
  batchOf(order: Int32Array, batch: number): { readonly indices: Int32Array; readonly coarseLabels: Int32Array };
  /** @throws MaskconError "config" where no batch of an epoch has this number */
  checkFirst(firstBatch: number): void;
}

/** Streams that draw the order must not meet those that draw the views: a sample index never is -1. */
const ORDER = -1;

/**
 * Batches of images shuffled by (seed, epoch); the last partial one is dropped.
 * @throws MaskconError "config" where the size is impossible, "data" where the set is smaller than one batch
 */
export function trainOrder(dataset: Dataset, batchSize: number, seed: number): TrainOrder {
  checkWhole("batchSize", batchSize, 1, 65536);
  const batchesPerEpoch = Math.floor(dataset.length / batchSize);
  if (batchesPerEpoch === 0) {
    fail("data", {
      where: dataset.name,
      expected: `at least one batch of ${batchSize} training images`,
      found: `${dataset.length} images`,
      fix: "make batchSize smaller",
    });
  }
  return {
    batchesPerEpoch,
    orderOf: (epoch) => permutation(dataset.length, random(seed, epoch, ORDER)),
    batchOf: (order, batch) => {
      const indices = order.slice(batch * batchSize, (batch + 1) * batchSize);
      return { indices, coarseLabels: indices.map((index) => dataset.coarse[index]!) };
    },
    checkFirst: (firstBatch) => checkWhole("firstBatch", firstBatch, 0, batchesPerEpoch),
  };
}
