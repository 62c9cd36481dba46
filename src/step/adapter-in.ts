import type { Tensors } from "../core/index.ts";
import type { Adapter } from "../nn/index.ts";

/** The adapter that these tensors are of, by a query encoder's names; undefined where they hold none. */
export function adapterIn(weights: Tensors): Adapter | undefined {
  const whitening = weights["query_encoder.net.whitening.weight"]?.shape;
  if (whitening) return { whitened: whitening[0]!, features: whitening[1]! };
  const first = weights["query_encoder.net.adapter.0.weight"]?.shape;
  return first && { features: first[1]! };
}
