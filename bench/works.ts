import type { StepOptions } from "../src/step/index.ts";

export type Work = Pick<
  StepOptions,
  "backbone" | "imageSize" | "batchSize" | "queueSize" | "embeddingDim" | "coarseClasses"
> & {
  /** Timed steps a turn. */
  readonly steps: number;
};

/** The step benchmarks by name; the step of another network is one more entry. */
export const works = {
  resnet18: {
    backbone: "resnet18",
    imageSize: 32,
    batchSize: 128,
    queueSize: 8192,
    embeddingDim: 256,
    coarseClasses: 20,
    steps: 3,
  },
  resnet20: {
    backbone: "resnet20",
    imageSize: 32,
    batchSize: 128,
    queueSize: 4096,
    embeddingDim: 128,
    coarseClasses: 20,
    steps: 20,
  },
  "resnet18-224": {
    backbone: "resnet18",
    imageSize: 224,
    batchSize: 16,
    queueSize: 8192,
    embeddingDim: 256,
    coarseClasses: 20,
    steps: 3,
  },
  "resnet18-224-batch32": {
    backbone: "resnet18",
    imageSize: 224,
    batchSize: 32,
    queueSize: 8192,
    embeddingDim: 256,
    coarseClasses: 20,
    steps: 2,
  },
} as const satisfies Record<string, Work>;

export type WorkName = keyof typeof works;
export const workNames = Object.keys(works) as WorkName[];

/** A step's options beside the work: MaskCon with the official settings. */
export function stepOptions(work: Work, threads: number): StepOptions {
  const { backbone, imageSize, batchSize, queueSize, embeddingDim, coarseClasses } = work;
  return {
    backbone,
    imageSize,
    batchSize,
    queueSize,
    embeddingDim,
    coarseClasses,
    threads,
    method: { name: "maskcon", softWeight: 1, softTemperature: 0.05, coarseWeight: 0 },
    temperature: 0.1,
    keyMomentum: 0.99,
    sgd: { momentum: 0.9, weightDecay: 5e-4 },
    device: "cpu",
    seed: 0,
  };
}
