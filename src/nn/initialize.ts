import { hash, type Random, random, sizeOf } from "../core/index.ts";
import type { TensorSpec } from "./weights.ts";

/** Fills a tensor from (seed, name) alone, so that no other tensor's presence or order changes it. */
export function initialize({ name, shape, initializer }: TensorSpec, seed: number): Float32Array {
  const rng = random(seed, hash(...new TextEncoder().encode(name)));
  const columns = shape.at(-1) ?? 1;
  if (initializer.kind === "identity") {
    return Float32Array.from({ length: sizeOf(shape) }, (_, i) => (Math.floor(i / columns) === i % columns ? 1 : 0));
  }
  const sample = sampler(initializer, rng);
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = sample();
  return values;
}

function sampler(initializer: Exclude<TensorSpec["initializer"], { kind: "identity" }>, rng: Random): () => number {
  switch (initializer.kind) {
    case "constant":
      return () => initializer.value;
    case "uniform":
      return () => (2 * rng.uniform() - 1) * initializer.bound;
    case "normal":
      return () => rng.normal() * initializer.deviation;
  }
}
