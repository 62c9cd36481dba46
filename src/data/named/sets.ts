import { cars196 } from "./cars196/cars196-set.ts";
import { cifar10 } from "./cifar10/cifar10-set.ts";
import { cifar100 } from "./cifar100/cifar100-set.ts";
import { fashionMnist } from "./fashion-mnist/fashion-mnist-set.ts";
import { imagenet32 } from "./imagenet32/imagenet32-set.ts";
import type { NamedSet } from "./named-set.ts";
import { sop } from "./sop/sop-set.ts";

/** The datasets known by name. Opening, `data check`, `data get` and every message go by this list. */
const sets = [cifar10, cifar100, imagenet32, sop, cars196, fashionMnist] as const;

export type DatasetName = (typeof sets)[number]["names"][number];

export const namedSets: readonly NamedSet[] = sets;
/** The paper's seven, and two more. */
export const datasetNames: readonly DatasetName[] = sets.flatMap(({ names }): readonly DatasetName[] => names);

export const isDatasetName = (name: string | undefined): name is DatasetName =>
  datasetNames.some((known) => known === name);

/** The set of a name. */
export const setOf = (name: DatasetName): NamedSet => namedSets.find(({ names }) => names.includes(name))!;
