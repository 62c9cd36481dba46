import { relu, type Value } from "../engine/index.ts";
import { linear } from "./layers.ts";
import type { WeightStore } from "./weights.ts";

/** Width of the projector's hidden layer (official code). */
const PROJECTOR_HIDDEN = 512;

/** Linear(F, 512), ReLU, Linear(512, D): features [N, F] -> embedding [N, D], not yet normalised. */
export function projector(store: WeightStore, features: Value, embeddingDim: number): Value {
  const hidden = linear(store, "projector.0", features, PROJECTOR_HIDDEN);
  return linear(store, "projector.2", relu(hidden), embeddingDim);
}

/** Linear(F, C): features [N, F] -> logits of the coarse classes [N, C]. */
export function classifier(store: WeightStore, features: Value, coarseClasses: number): Value {
  return linear(store, "classifier", features, coarseClasses);
}
