import type { Normalization } from "../../dataset.ts";

export const FASHION_SIDE = 28;

export const fashionFine = [
  "T-shirt",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
] as const;

export const fashionCoarse = ["tops", "footwear", "other"] as const;

/** Coarse class of each fine class: tops T-shirt, Pullover, Coat, Shirt; footwear Sandal, Sneaker, Ankle boot; other the rest. */
export const coarseOfFashion = [0, 2, 0, 2, 0, 1, 0, 1, 2, 1] as const;

/** Mean and deviation of the gray values of the official training set. */
export const fashionNormalization: Normalization = { mean: [0.286, 0.286, 0.286], std: [0.353, 0.353, 0.353] };
