import type { CifarPart } from "../cifar/cifar-data.ts";

export type CifarScheme = "cifar10" | "cifartoy-good" | "cifartoy-bad";

export interface Scheme {
  readonly name: string;
  readonly coarse: readonly string[];
  /** CIFAR-10's labels that stay; a fine label becomes its place here. */
  readonly kept: readonly number[];
  /** By CIFAR-10's label: the coarse label, or -1 for a dropped class. */
  readonly coarseOf: readonly number[];
}

/** CIFAR-10's labels in their order. */
export const cifar10Classes: readonly string[] = [
  ...["airplane", "automobile", "bird", "cat", "deer"],
  ...["dog", "frog", "horse", "ship", "truck"],
];

/**
 * CIFAR-10 has no coarse labels of its own. By default: vehicles (airplane, automobile, ship, truck) and animals (the rest).
 * CIFARtoy is the paper's: deer and frog dropped, two coarse classes that make sense (good) or cut across it (bad).
 */
export const cifar10Schemes: Readonly<Record<CifarScheme, Scheme>> = {
  cifar10: scheme("cifar10", ["vehicles", "animals"], [0, 0, 1, 1, 1, 1, 1, 1, 0, 0]),
  "cifartoy-good": scheme(
    "cifartoy-good",
    ["plane, car, ship, truck", "bird, cat, dog, horse"],
    [0, 0, 1, 1, -1, 1, -1, 1, 0, 0],
  ),
  "cifartoy-bad": scheme(
    "cifartoy-bad",
    ["plane, car, cat, dog", "bird, horse, ship, truck"],
    [0, 0, 1, 0, -1, 0, -1, 1, 1, 1],
  ),
};

function scheme(name: string, coarse: readonly string[], coarseOf: readonly number[]): Scheme {
  const kept = coarseOf.flatMap((label, i) => (label < 0 ? [] : [i]));
  return { name, coarse, coarseOf, kept };
}

/** Drops the images of dropped classes and gives the others their coarse and fine labels. */
export function relabel(part: CifarPart, { coarseOf, kept }: Scheme): CifarPart {
  const places: number[] = [];
  for (let i = 0; i < part.count; i++) if (coarseOf[part.fine[i]!]! >= 0) places.push(i);
  return {
    ...part,
    count: places.length,
    places,
    coarse: Int32Array.from(places, (i) => coarseOf[part.fine[i]!]!),
    fine: Int32Array.from(places, (i) => kept.indexOf(part.fine[i]!)),
    id: (i) => part.id(places[i]!),
  };
}
