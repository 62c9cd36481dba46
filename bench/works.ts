import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importPart, readParameters } from "../src/backbone/index.ts";
import { float32, type Tensors } from "../src/core/index.ts";
import type { BackboneName } from "../src/nn/index.ts";
import type { StepOptions } from "../src/step/index.ts";
import { mobilenet } from "./mobilenet.ts";

export type Work = Pick<StepOptions, "imageSize" | "batchSize" | "queueSize" | "embeddingDim" | "coarseClasses"> & {
  /** Of this package, or a file with random weights that is trained as `--trainable all` does. */
  readonly backbone: BackboneName | "mobilenetv1";
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
  "mobilenetv1-160": {
    backbone: "mobilenetv1",
    imageSize: 160,
    batchSize: 48,
    queueSize: 8192,
    embeddingDim: 128,
    coarseClasses: 9,
    steps: 4,
  },
} as const satisfies Record<string, Work>;

export type WorkName = keyof typeof works;
export const workNames = Object.keys(works) as WorkName[];

interface WorkStep {
  readonly options: StepOptions;
  /** What a network from a file starts with. */
  readonly start: Tensors;
}

/** The step of a work: MaskCon with the official settings. */
export async function workStep(work: Work, threads: number): Promise<WorkStep> {
  const { imageSize, batchSize, queueSize, embeddingDim, coarseClasses } = work;
  const { backbone, start } =
    work.backbone === "mobilenetv1" ? await imported(mobilenet(imageSize)) : { backbone: work.backbone, start: {} };
  const options: StepOptions = {
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
  return { options, start };
}

/** All of a model, behind it an adapter. */
async function imported(model: Uint8Array): Promise<{ backbone: StepOptions["backbone"]; start: Tensors }> {
  const folder = await mkdtemp(join(tmpdir(), "maskcon-bench-"));
  try {
    const file = join(folder, "model.onnx");
    await writeFile(file, model);
    const trunk = await importPart(file, { cut: "all" });
    const numbers = await readParameters(file, trunk);
    const start = trunk.parameters.flatMap(({ name, shape }) =>
      ["query", "key"].map(
        (encoder) => [`${encoder}_encoder.net.trunk.${name}`, float32(shape, numbers[name]!)] as const,
      ),
    );
    return { backbone: { features: trunk.featureDim, trunk }, start: Object.fromEntries(start) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
