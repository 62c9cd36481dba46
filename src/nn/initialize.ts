import { hash, type Random, random, sizeOf } from "../core/index.ts";
import type { TensorSpec } from "./weights.ts";

/** Fills a tensor from (seed, name) alone, so that no other tensor's presence or order changes it. */
export function initialize({ name, shape, initializer }: TensorSpec, seed: number): Float32Array {
  const rng = random(seed, hash(...new TextEncoder().encode(name)));
  return Float32Array.from({ length: sizeOf(shape) }, sampler(initializer, rng));
}

function sampler(initializer: TensorSpec["initializer"], rng: Random): () => number {
  switch (initializer.kind) {
    case "constant":
      return () => initializer.value;
    case "uniform":
      return () => (2 * rng.uniform() - 1) * initializer.bound;
    case "normal":
      return () => rng.normal() * initializer.deviation;
  }
}
