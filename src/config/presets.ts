import type { PresetName } from "./preset-names.ts";
import type { RunOptions } from "./schema.ts";

/** Settings under one name: `summary` says what they are for, `values` has those that it sets. */
export interface Preset {
  readonly summary: string;
  readonly values: RunOptions;
}

const cifar: RunOptions = { imageSize: 32, softTemperature: 0.05, strong: "crop-flip-autoaugment" };
const large: RunOptions = { imageSize: 224, softTemperature: 0.1, evalEvery: 10 };

/** 5% warm-up, a learning rate and a queue that suit a few epochs from random weights. */
const short: RunOptions = {
  backbone: "resnet20",
  embeddingDim: 128,
  queueSize: 4096,
  learningRate: 0.1,
  epochs: 12,
  evalEvery: 4,
};

/** The paper's settings (the official code's protocol, not its pretrained weights: give those with `init`), and ours. */
export const presets: Readonly<Record<PresetName, Preset>> = {
  "cifartoy-good": { summary: "paper: CIFARtoy, good split", values: cifar },
  "cifartoy-bad": { summary: "paper: CIFARtoy, bad split", values: cifar },
  cifar100: { summary: "paper: CIFAR-100, 20 coarse classes", values: cifar },
  imagenet32: {
    summary: "paper: ImageNet32, 12 coarse classes",
    values: { ...cifar, queueSize: 16_384, epochs: 100, batchSize: 256 },
  },
  "sop-split1": {
    summary: "paper: Stanford Online Products, disjoint fine classes",
    values: { ...large, softWeight: 0.8, weak: "crop-flip-perspective", strong: "crop-flip-perspective" },
  },
  "sop-split2": {
    summary: "paper: Stanford Online Products, shared fine classes",
    values: { ...large, softWeight: 0.8, weak: "crop-flip-perspective", strong: "crop-flip-perspective" },
  },
  cars196: {
    summary: "paper: Stanford Cars, 8 body types",
    values: { ...large, weak: "crop-flip-perspective", strong: "crop-flip-perspective-color" },
  },
  start: {
    summary: "your own images, from random weights: close to the best method in every test (docs/results.md)",
    values: {
      ...short,
      ...{ softWeight: 0, softWeightEnd: 1, softTemperature: 0.05, coarseWeight: 1 },
      // A few hundred images make a few steps an epoch: 20 epochs would leave them worse than before.
      ...{ learningRate: 0.03, epochs: 20, leastSteps: 500, evalEvery: 5 },
    },
  },
  pretrained: {
    summary: "your own images behind a pretrained model (`--backbone FILE.onnx`), and the default with one",
    values: {
      ...{ softTemperature: 0.1, queueSize: 2048, embeddingDim: 128, steps: 500, evalEvery: 0 },
      ...{ optimizer: "adamw", learningRate: 1e-3, weightDecay: 0.01, warmupShare: 0.1, imageSize: 224 },
      ...{ weak: "crop-flip", strong: "crop-flip-perspective-color" },
    },
  },
  finetune: {
    summary:
      "the same with the model itself trained, too, after its head (`--trainable tail:N` or `all`): the default then",
    values: {
      ...{ softTemperature: 0.1, queueSize: 2048, embeddingDim: 128, batchSize: 32, epochs: 4, evalEvery: 0 },
      ...{ optimizer: "adamw", learningRate: 2e-4, weightDecay: 0.05, clipNorm: 3, layerDecay: 0.75, headRate: 10 },
      ...{ warmupShare: 0.05, imageSize: 224, weak: "crop-flip", strong: "crop-flip-perspective-color" },
    },
  },
  "cpu-small": { summary: "small images on a CPU in minutes: ResNet-20, 12 epochs", values: short },
  "gpu-small": {
    summary: "small images on one GPU: ResNet-18 from random weights, 60 epochs",
    values: { ...short, backbone: "resnet18", queueSize: 8192, learningRate: 0.06, epochs: 60, evalEvery: 10 },
  },
  demo: {
    summary: "the demo: ResNet-20, 28 px grey clothes, 800 steps",
    values: { ...short, imageSize: 28, queueSize: 1024, steps: 800, softTemperature: 0.1, strong: "crop-flip-affine" },
  },
};
