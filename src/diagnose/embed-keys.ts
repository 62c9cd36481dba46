import { fail, permutation, random, type StopSignal } from "../core/index.ts";
import { type AugmentName, createEvalLoader, type Dataset } from "../data/index.ts";
import type { KeyEncoder } from "../step/index.ts";
import { shuffled } from "./sample.ts";

export interface EmbedKeysOptions {
  /** The encoder's own. */
  readonly batchSize: number;
  /** S: side of the images in pixels, as the run has it. */
  readonly imageSize: number;
  /** Threads that make views, from 1 to 256. */
  readonly workers: number;
  /** The run's weak augmentation: what its keys are made from. */
  readonly view: AugmentName;
  /** Chooses images and views; the same seed gives the same relations. */
  readonly seed: number;
  /** Aborts by throwing its reason, between two batches. */
  readonly signal?: StopSignal | undefined;
  /** Called after every batch, with images done and in all. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Keys [places.length, D] as training makes them: weak views, shuffled into batches, normalised by each batch's own
 * statistics. The last batch is filled up with other images.
 * @throws MaskconError "config" where there are more places than whole batches of the dataset hold.
 */
export async function embedKeys(
  encoder: KeyEncoder,
  dataset: Dataset,
  places: Int32Array,
  o: EmbedKeysOptions,
): Promise<Float32Array> {
  const { batchSize, imageSize, workers, view, seed } = o;
  const rank = shuffled(Int32Array.from(places.keys()), seed);
  const order = filledUp(
    rank.map((i) => places[i]!),
    dataset.length,
    batchSize,
    seed,
  );
  const loader = await createEvalLoader({ dataset, batchSize, imageSize, workers, order, view, seed });
  const { dim } = encoder;
  const keys = new Float32Array(places.length * dim);
  try {
    for await (const { images, first, release } of loader.batches()) {
      o.signal?.throwIfAborted();
      const rows = await encoder.keys(images).finally(release);
      for (let i = 0; i < batchSize && first + i < places.length; i++) {
        keys.set(rows.subarray(i * dim, (i + 1) * dim), rank[first + i]! * dim);
      }
      o.progress?.(Math.min(first + batchSize, places.length), places.length);
    }
  } finally {
    await loader.close();
  }
  return keys;
}

/** `order` and as many other images as its last batch lacks. */
function filledUp(order: Int32Array, length: number, batchSize: number, seed: number): Int32Array {
  const size = Math.ceil(order.length / batchSize) * batchSize;
  if (size > length) {
    fail("config", { where: "places", expected: `whole batches of at most ${length} images`, found: String(size) });
  }
  const taken = new Set(order);
  const others = permutation(length, random(seed, 2)).filter((place) => !taken.has(place));
  return Int32Array.from([...order, ...others.slice(0, size - order.length)]);
}
