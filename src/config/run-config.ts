// Written by `npm run docs` from the schema: the published types then need none of zod's.

/** A resolved configuration: what was left out has its default, the method's own w included. */
export type RunConfig = {
  /** Settings of a known dataset or purpose. */
  readonly preset?:
    | "cifartoy-good"
    | "cifartoy-bad"
    | "cifar100"
    | "imagenet32"
    | "sop-split1"
    | "sop-split2"
    | "cars196"
    | "start"
    | "pretrained"
    | "finetune"
    | "cpu-small"
    | "gpu-small"
    | "demo"
    | undefined;
  /** What to learn from the coarse labels. Default: maskcon. */
  readonly method: "maskcon" | "selfcon" | "supcon" | "grafit" | "coins" | "supce" | "supfine";
  /**
   * w: weight of the coarse-label targets (default: maskcon 1, grafit and coins 0.5; fixed by the other methods).
   * Number from 0 to 1.
   */
  readonly softWeight: number;
  /** T: sharpness of the soft labels. Number from 1e-30. Default: 0.05. */
  readonly softTemperature: number;
  /** Weight of an added cross-entropy of the coarse label (the paper: 0). Number from 0. Default: 0. */
  readonly coarseWeight: number;
  /** w at the end of the run, reached in equal steps (maskcon, grafit; default: it stays). Number from 0 to 1. */
  readonly softWeightEnd?: number | undefined;
  /** T at the end of the run, reached in equal ratios (maskcon; default: it stays). Number from 1e-30. */
  readonly softTemperatureEnd?: number | undefined;
  /**
   * Coarse weight at the end of the run, reached in equal steps (maskcon, selfcon, supcon, grafit, supfine; default: it
   * stays). Number from 0.
   */
  readonly coarseWeightEnd?: number | undefined;
  /** Leave an image's own earlier keys out of its targets and logits (the paper: no). Default: false. */
  readonly maskOwnKeys: boolean;
  /** Make an image's own earlier keys positives, each with the weight of its key (the paper: no). Default: false. */
  readonly positiveOwnKeys: boolean;
  /** T0: temperature of the logits. Number from 1e-30. Default: 0.1. */
  readonly temperature: number;
  /** m: momentum of the key encoder. Number from 0 to 1. Default: 0.99. */
  readonly keyMomentum: number;
  /** K: keys kept in the queue. Whole number from 1 to 4194304. Default: 8192. */
  readonly queueSize: number;
  /** D: width of the projection. Whole number from 1 to 65536. Default: 256. */
  readonly embeddingDim: number;
  /** Encoder to train, or a pretrained model to train behind. Default: resnet18. */
  readonly backbone: "resnet18" | "resnet34" | "resnet50" | "resnet20" | "resnet32" | "resnet56" | `${string}.onnx`;
  /** Side of the square images [px]. Whole number from 8 to 1024. Default: 32. */
  readonly imageSize: number;
  /**
   * Safetensors file of a ResNet's weights (torchvision, timm, transformers); of a model from a file the run whose head
   * is taken.
   */
  readonly init?: string | undefined;
  /**
   * What is trained of a model from a file: an adapter behind it, then its last N blocks, or all of it. Default: head.
   */
  readonly trainable: string;
  /**
   * Learning rate of each block of the model as a share of that of the block behind it (tail:N, all; default: 1).
   * Number above 0 to 1.
   */
  readonly layerDecay?: number | undefined;
  /**
   * Learning rate of what is trained behind the model, times learningRate (tail:N, all; default: 1). Number above 0 to
   * 1000000.
   */
  readonly headRate?: number | undefined;
  /**
   * Augmented views of an image whose features are kept, half of them weak [views]. Whole number from 2 to 1024.
   * Default: 16.
   */
  readonly views: number;
  /** Fixes these views; runs of several seeds share them. Whole number from 0 to 4294967295. Default: 0. */
  readonly viewSeed: number;
  /**
   * Width of the whitened features, at most the model's (0: not whitened). Whole number from 0 to 65536. Default: 256.
   */
  readonly whiten: number;
  /**
   * Share of what the adapter learned that the trained encoder takes: 1 all, near 0 the whitened features. Number above
   * 0 to 1. Default: 1.
   */
  readonly adapterShare: number;
  /** Which tokens of a transformer become its features (default: cls+mean, mean where it has no class token). */
  readonly features?: "cls" | "mean" | "cls+mean" | undefined;
  /** Output of the model that gives the features (default: `maskcon backbone` says it). */
  readonly featureOutput?: string | undefined;
  /** How the model wants its images normalised, where no file beside it says so. */
  readonly normalization?: "imagenet" | "clip" | "half" | "none" | undefined;
  /** Mean of each channel, of values from 0 to 1, where no file beside the model says it. */
  readonly mean?: string | undefined;
  /** Standard deviation of each channel, of values from 0 to 1, where no file beside the model says it. */
  readonly std?: string | undefined;
  /** Folder for cached features (default: in the user's folder for caches). */
  readonly cacheDir?: string | undefined;
  /** How weights follow their gradients; adamw leaves biases without weight decay. Default: sgd. */
  readonly optimizer: "sgd" | "adamw";
  /** Peak learning rate. Number above 0. Default: 0.02. */
  readonly learningRate: number;
  /** Momentum of SGD. Number from 0 to below 1. Default: 0.9. */
  readonly sgdMomentum: number;
  /** Weight decay. Number from 0. Default: 0.0005. */
  readonly weightDecay: number;
  /**
   * Largest norm of the gradient; one of a larger norm is scaled down to it (default: none is). Number from 1e-30 to
   * 1000000.
   */
  readonly clipNorm?: number | undefined;
  /** Passes over the training images. Whole number from 1 to 1000000. Default: 200. */
  readonly epochs: number;
  /** Length of the run and its schedule in steps, in place of epochs. Whole number from 1. */
  readonly steps?: number | undefined;
  /** Take more epochs where those make fewer steps than this [steps]. Whole number from 0. Default: 0. */
  readonly leastSteps: number;
  /**
   * Average the query encoder's weights over the last epochs (0: keep no average) [epochs]. Number from 0. Default: 0.
   */
  readonly averageEpochs: number;
  /** Linear warm-up; by default 5, or 5% of a run under 100 epochs [epochs]. Number from 0. */
  readonly warmupEpochs?: number | undefined;
  /** Linear warm-up as a share of the run, in place of epochs. Number from 0 to 1. */
  readonly warmupShare?: number | undefined;
  /** Images per step. Whole number from 2 to 65536. Default: 128. */
  readonly batchSize: number;
  /**
   * Query views of each image in a step, all compared with its one key (the paper: 1) [views]. Whole number from 1 to
   * 16. Default: 1.
   */
  readonly crops: number;
  /** Augmentation of the key view. Default: crop-flip. */
  readonly weak:
    | "crop-flip"
    | "crop-flip-perspective"
    | "crop-flip-autoaugment"
    | "crop-flip-perspective-color"
    | "crop-flip-affine";
  /** Augmentation of the query view. Default: crop-flip-autoaugment. */
  readonly strong:
    | "crop-flip"
    | "crop-flip-perspective"
    | "crop-flip-autoaugment"
    | "crop-flip-perspective-color"
    | "crop-flip-affine";
  /** Unreadable images to skip; one more stops the run. Whole number from 0. Default: 0. */
  readonly maxBad: number;
  /**
   * Share of each class held out for testing where the data names no test images. Number from 0 to 0.9. Default: 0.1.
   */
  readonly testFraction: number;
  /** CSV with columns fine,coarse: the coarse class of each fine class, replacing the data's own. */
  readonly coarseMap?: string | undefined;
  /**
   * Column of the encoded images (Parquet) or image files (CSV), or part of a sample with the image (tar); needed where
   * its name is not a usual one.
   */
  readonly imageColumn?: string | undefined;
  /**
   * Column of the coarse labels, or key of a sample's JSON or part of a sample (tar); needed where its name is not a
   * usual one.
   */
  readonly coarseColumn?: string | undefined;
  /** Column of the fine labels; needed where its name is not a usual one. */
  readonly fineColumn?: string | undefined;
  /** Train on this many of the images, drawn at random, the same in every run (default: all). Whole number from 2. */
  readonly trainImages?: number | undefined;
  /**
   * Images that encoders are measured on; train: settings are chosen without a look at the test images. Default: test.
   */
  readonly measureOn: "test" | "train";
  /** Accept a named dataset with some of its files missing. Default: false. */
  readonly partial: boolean;
  /** Fixes weights, order and augmentation. Whole number from 0 to 4294967295. Default: 0. */
  readonly seed: number;
  /** Which encoder is evaluated, exported and embedded with. Default: query. */
  readonly encoder: "query" | "key" | "average";
  /** Where the step runs. Default: cpu. */
  readonly device: "cpu" | "webgpu" | "cuda";
  /** CPU threads of the step (default: all cores). Whole number from 1 to 1024. */
  readonly threads?: number | undefined;
  /** Measure the CPU's kernel variants first and keep the fastest with the run. Default: false. */
  readonly tune: boolean;
  /** Threads that decode and augment images. Whole number from 1 to 256. Default: half of the cores, 1 to 8. */
  readonly workers: number;
  /** Evaluate every n epochs (0: only first and last) [epochs]. Whole number from 0. Default: 10. */
  readonly evalEvery: number;
  /**
   * Measure every method's targets against known fine labels every n epochs (0: never) [epochs]. Whole number from 0.
   * Default: 0.
   */
  readonly diagnoseEvery: number;
  /** Keep a checkpoint of every n-th epoch (0: only last and best) [epochs]. Whole number from 0. Default: 0. */
  readonly checkpointEvery: number;
  /** Write the last checkpoint at least this often [minutes]. Number above 0. Default: 5. */
  readonly checkpointMinutes: number;
};

/** Settings as they are given: each may be left out. */
export type RunOptions = { readonly [Key in keyof RunConfig]?: RunConfig[Key] | undefined };
