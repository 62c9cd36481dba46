import type { Trunk } from "../backbone/index.ts";
import type { StopSignal } from "../core/index.ts";
import type { AugmentName, Dataset } from "../data/index.ts";

export interface FeatureCacheOptions {
  readonly trunk: Trunk;
  /** Where all caches lie. */
  readonly folder: string;
  /** With the model's own normalization. */
  readonly train: Dataset;
  readonly test?: Dataset | undefined;
  readonly weak: AugmentName;
  readonly strong: AugmentName;
  /** K: half of them weak, half strong; even. */
  readonly views: number;
  readonly viewSeed: number;
  /** Threads that make images. */
  readonly workers: number;
  readonly signal?: StopSignal | undefined;
  /** Called after every batch: images of the split or views that are made at present. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
  /** Called with a line before disk is taken, and where earlier features are used. */
  readonly notice?: ((line: string) => void) | undefined;
}

/** Features of a dataset's images by a frozen model, on disk. */
export interface FeatureCache {
  /** F */
  readonly featureDim: number;
  /** K */
  readonly views: number;
  /** Hex digest of all that decides the features of the views. */
  readonly key: string;
  /** Where those lie. */
  readonly folder: string;
  /** Of all features, once they are made. */
  readonly bytes: number;
  /**
   * Features [n, F] under the test transform, in the dataset's order; made, or made to the end, by the first call.
   * @throws MaskconError "disk" where they cannot be kept, "weights" where one is no finite number
   */
  clean(split: "train" | "test"): Promise<Float32Array>;
  /**
   * Makes what is missing of the K views of the training images.
   * @throws MaskconError "disk" where they cannot be kept, "weights" where one is no finite number
   */
  prepareViews(): Promise<void>;
  /**
   * Rows of one view each: out[i] is of image `images[i]` in the view `view[i]` of that kind, from 0 to K/2 - 1.
   * @param out [m, F]
   * @throws MaskconError "disk" where they can no longer be read
   */
  read(kind: "weak" | "strong", images: Int32Array, view: Int32Array, out: Float32Array): void;
  close(): Promise<void>;
}

export function openFeatureCache(_: FeatureCacheOptions): Promise<FeatureCache> {
  throw new Error("to be written");
}
