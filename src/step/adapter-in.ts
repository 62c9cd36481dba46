import type { Tensors } from "../core/index.ts";
import type { Adapter } from "../nn/index.ts";

const TRUNK = "query_encoder.net.trunk.";

/**
 * The numbers of a foreign model that were trained, too, by the names of its initialisers; empty where an adapter alone was.
 * @param weights by a query encoder's names
 */
export const trunkIn = (weights: Tensors): ReadonlyMap<string, Float32Array> =>
  new Map(
    Object.entries(weights)
      .filter(([name]) => name.startsWith(TRUNK))
      .map(([name, { data }]) => [name.slice(TRUNK.length), data as Float32Array]),
  );

/** The adapter that these tensors are of, by a query encoder's names; undefined where they hold none. */
export function adapterIn(weights: Tensors): Adapter | undefined {
  const whitening = weights["query_encoder.net.whitening.weight"]?.shape;
  if (whitening) return { whitened: whitening[0]!, features: whitening[1]! };
  const first = weights["query_encoder.net.adapter.0.weight"]?.shape;
  return first && { features: first[1]! };
}
