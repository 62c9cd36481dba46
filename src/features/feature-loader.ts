import type { Dataset, TrainLoader } from "../data/index.ts";
import type { FeatureCache } from "./feature-cache.ts";

export interface FeatureLoaderOptions {
  readonly cache: FeatureCache;
  readonly dataset: Dataset;
  readonly batchSize: number;
  readonly seed: number;
}

export function createFeatureLoader(_: FeatureLoaderOptions): TrainLoader {
  throw new Error("to be written");
}
