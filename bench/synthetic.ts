import { float32, int32, random, type Tensors } from "../src/core/index.ts";
import type { StepBatch } from "../src/step/index.ts";
import type { Work } from "./works.ts";

const shared = (count: number) => new Float32Array(new SharedArrayBuffer(4 * count));

/** A batch of noise in shared memory, where the loader's batches lie too. */
export function syntheticBatch({ batchSize, imageSize, coarseClasses }: Work): StepBatch {
  const rng = random(1);
  const view = () => shared(batchSize * 3 * imageSize * imageSize).map(() => 4 * rng.uniform() - 2);
  const coarseLabels = Int32Array.from({ length: batchSize }, () => rng.integer(coarseClasses));
  return { query: view(), key: view(), coarseLabels, learningRate: 0.02 };
}

/** A full queue of random unit rows. */
export function syntheticQueue({ queueSize, embeddingDim, coarseClasses }: Work): Tensors {
  const rng = random(2);
  const rows = Float32Array.from({ length: queueSize * embeddingDim }, () => rng.uniform() - 0.5);
  for (let i = 0; i < queueSize; i++) {
    const row = rows.subarray(i * embeddingDim, (i + 1) * embeddingDim);
    const norm = Math.hypot(...row);
    for (let d = 0; d < embeddingDim; d++) row[d]! /= norm;
  }
  return {
    queue: float32([queueSize, embeddingDim], rows),
    queue_labels: int32(
      [queueSize],
      Int32Array.from({ length: queueSize }, () => rng.integer(coarseClasses)),
    ),
  };
}
