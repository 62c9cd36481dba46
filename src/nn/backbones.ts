import { keysOf } from "../core/index.ts";
import type { Value } from "../engine/index.ts";
import { cifarResnet } from "./cifar-resnet.ts";
import { basicBlock, bottleneck, resnet } from "./resnet.ts";
import type { WeightStore } from "./weights.ts";

/** A network from images to features. */
export interface Backbone {
  /** What it is, for documentation. */
  readonly summary: string;
  /** F: the width of its features. */
  readonly featureDim: number;
  /** The smallest side of its images, in pixels. */
  readonly smallestImage: number;
  /** Whether torchvision publishes weights for it. */
  readonly published: boolean;
  /** Writes it into the store's graph, with torchvision's names: images [N, 3, S, S] -> features [N, F]. */
  readonly build: (store: WeightStore, images: Value) => Value;
}

const imagenet = { smallestImage: 8, published: true } as const;
const cifar = { smallestImage: 8, published: false, featureDim: 64 } as const;

/** Every backbone, one row each. */
export const backbones = {
  resnet18: {
    ...imagenet,
    summary: "torchvision's ResNet-18",
    featureDim: 512,
    build: (store, images) => resnet(store, images, { block: basicBlock, layers: [2, 2, 2, 2] }),
  },
  resnet34: {
    ...imagenet,
    summary: "torchvision's ResNet-34",
    featureDim: 512,
    build: (store, images) => resnet(store, images, { block: basicBlock, layers: [3, 4, 6, 3] }),
  },
  resnet50: {
    ...imagenet,
    summary: "torchvision's ResNet-50",
    featureDim: 2048,
    build: (store, images) => resnet(store, images, { block: bottleneck, layers: [3, 4, 6, 3] }),
  },
  resnet20: {
    ...cifar,
    summary: "ResNet-20 for CIFAR (He et al. 2015, section 4.2)",
    build: (store, images) => cifarResnet(store, images, { blocks: 3 }),
  },
  resnet32: {
    ...cifar,
    summary: "ResNet-32 for CIFAR",
    build: (store, images) => cifarResnet(store, images, { blocks: 5 }),
  },
  resnet56: {
    ...cifar,
    summary: "ResNet-56 for CIFAR",
    build: (store, images) => cifarResnet(store, images, { blocks: 9 }),
  },
} as const satisfies Readonly<Record<string, Backbone>>;

/** Every backbone that is built here, as settings name it. */
export const backboneNames = keysOf(backbones);
/** Name of a backbone; docs/method.md describes each. */
export type BackboneName = (typeof backboneNames)[number];
