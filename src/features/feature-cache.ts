import { join } from "node:path";
import type { Trunk } from "../backbone/index.ts";
import { fail, type StopSignal } from "../core/index.ts";
import type { AugmentName, Dataset } from "../data/index.ts";
import { checkSpace, completeStore, type FeatureStage, kindSeed, megabytes } from "./complete-store.ts";
import { CACHING_BATCH, type FeatureFacts, featureFacts, featureKey } from "./feature-key.ts";
import { bytesOnDisk, openReader, type StoreReader, storeBytes } from "./feature-store.ts";
import { cachesFolder } from "./kept-caches.ts";

/** What `openFeatureCache` keeps features of, and where. */
export interface FeatureCacheOptions {
  /** The frozen model; it stays open for as long as the cache makes features. */
  readonly trunk: Trunk;
  /** Where all caches lie; by default the user's cache folder, as for `train`. */
  readonly folder?: string | undefined;
  /** With the model's own normalization. */
  readonly train: Dataset;
  /** Images to measure on, where there are any. */
  readonly test?: Dataset | undefined;
  /** Augmentation of the key views. */
  readonly weak: AugmentName;
  /** Augmentation of the query views. */
  readonly strong: AugmentName;
  /** K: half of them weak, half strong; even. */
  readonly views: number;
  /** Decides the views; another seed makes another cache. */
  readonly viewSeed: number;
  /** Threads that make images. */
  readonly workers: number;
  /** Aborts by throwing its reason; what is made by then is kept. */
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
   * @throws MaskconError "shape" where there is no such image or view
   * @throws MaskconError "disk" where they can no longer be read
   */
  read(kind: "weak" | "strong", images: Int32Array, view: Int32Array, out: Float32Array): void;
  /** Closes its files; the features stay on disk. */
  close(): Promise<void>;
}

/**
 * Opens the features of a training set, and of its test set, in folders of their own below `folder`. Nothing is made yet.
 * @throws MaskconError "config" where the number of views is impossible, "image" where an image cannot be read
 */
export async function openFeatureCache(o: FeatureCacheOptions): Promise<FeatureCache> {
  const { trunk, views, signal } = o;
  if (!(Number.isInteger(views) && views >= 2 && views % 2 === 0 && views <= MOST_VIEWS)) {
    const expected = `an even number from 2 to ${MOST_VIEWS}`;
    fail("config", { where: "views", expected, found: String(views) });
  }
  const root = cachesFolder(o.folder);
  const stages = await stagesOf(o, root);
  const all = [stages.train, ...(stages.test ? [stages.test] : []), stages.views];
  const readers = new Map<FeatureStage, StoreReader>();

  let isSpoken = false;
  const beforeWriting = async () => {
    let missing = 0;
    for (const { plan } of all) missing += storeBytes(plan) - (await bytesOnDisk(plan));
    await checkSpace(root, missing);
    if (!isSpoken) o.notice?.(`features of ${views} views an image take ${megabytes(missing)} in ${root}`);
    isSpoken = true;
  };
  const making = { trunk, workers: o.workers, signal, progress: o.progress, notice: o.notice, beforeWriting };
  const complete = async (stage: FeatureStage): Promise<StoreReader> => {
    let reader = readers.get(stage);
    if (reader) return reader;
    await completeStore(stage, making);
    reader = openReader(stage.plan);
    readers.set(stage, reader);
    return reader;
  };

  return {
    ...{ featureDim: trunk.featureDim, views, key: stages.views.plan.key, folder: stages.views.plan.folder },
    bytes: all.reduce((sum, { plan }) => sum + storeBytes(plan), 0),
    clean: async (split) => {
      const stage = stages[split];
      if (!stage) return fail("usage", { where: "features", expected: "a test set", found: "none" });
      const reader = await complete(stage);
      const features = new Float32Array(stage.plan.rows * trunk.featureDim);
      reader.read(0, 0, features);
      return features;
    },
    prepareViews: async () => {
      await complete(stages.views);
    },
    read: (kind, images, view, out) => {
      const reader = readers.get(stages.views);
      if (!reader) return fail("usage", { where: "features", expected: "prepareViews() before read()", found: "none" });
      const first = kind === "weak" ? 0 : views / 2;
      for (let i = 0; i < images.length; i++) {
        // A row too far is one of the next view.
        checkPlace("image", images[i], stages.train.plan.rows);
        checkPlace("view", view[i], views / 2);
        reader.read(first + view[i]!, images[i]!, out.subarray(i * trunk.featureDim, (i + 1) * trunk.featureDim));
      }
    },
    close: async () => {
      for (const reader of readers.values()) reader.close();
      readers.clear();
    },
  };
}

const MOST_VIEWS = 1024;

function checkPlace(what: string, place: number | undefined, count: number): void {
  if (place !== undefined && place >= 0 && place < count) return;
  fail("shape", { where: "features", expected: `the ${what} 0 to ${count - 1}`, found: String(place) });
}

interface Stages {
  readonly train: FeatureStage;
  readonly test: FeatureStage | undefined;
  readonly views: FeatureStage;
}

async function stagesOf(o: FeatureCacheOptions, root: string): Promise<Stages> {
  const { trunk, train, test, weak, strong, views, viewSeed } = o;
  const stage = (name: string, dataset: Dataset, facts: FeatureFacts, parts: FeatureStage["parts"]): FeatureStage => {
    const key = featureKey(facts);
    const about = { features: name, file: trunk.file, data: dataset.name, ...facts };
    const passes = parts.reduce((sum, part) => sum + part.passes, 0);
    const { featureDim } = trunk;
    const plan = {
      folder: join(root, key),
      key,
      rows: dataset.length,
      passes,
      batchSize: CACHING_BATCH,
      featureDim,
      about,
    };
    return { plan, name, dataset, parts };
  };
  const clean = [{ seed: 0, passes: 1 }];
  const ofTrain = await featureFacts(trunk, train, o.signal);
  const kinds = (["weak", "strong"] as const).map((kind) => {
    return { view: kind === "weak" ? weak : strong, seed: kindSeed(viewSeed, kind), passes: views / 2 };
  });
  const ofViews = { ...ofTrain, weak, strong, views, viewSeed };
  return {
    train: stage("the training images", train, ofTrain, clean),
    test: test && stage("the test images", test, await featureFacts(trunk, test, o.signal), clean),
    views: stage(`${views} views of the training images`, train, ofViews, kinds),
  };
}
