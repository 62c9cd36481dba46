import { type ImportedPart, openPrefix, type Prefix, readParameters } from "../backbone/index.ts";
import { float32, type Tensors } from "../core/index.ts";
import { createTrainLoader, type TrainBatch, type TrainLoader } from "../data/index.ts";
import { evaluateEncoder } from "../run/index.ts";
import { adapterIn } from "../step/index.ts";
import type { HeadStage } from "./head-stage.ts";
import type { OpenModel } from "./model.ts";
import type { InputOptions, RunInput } from "./run-input.ts";
import { trunkGroups } from "./trunk-groups.ts";

/** Images for a run that trains the last blocks of a model, or all of it; what lies before them is run frozen. */
export async function tailInput(options: InputOptions, { trunk }: OpenModel, stage: HeadStage): Promise<RunInput> {
  const { config, data, set } = options;
  const { batchSize, imageSize, weak, strong, seed, workers, threads, trainable, featureOutput: output } = config;
  const { file } = trunk;
  const { part } = stage;
  const start = { ...stage.start, ...(await ownNumbers(file, part)) };
  const prefix =
    trainable === "all" ? undefined : await openPrefix({ output, imageSize, file, cut: part.input, threads });
  const images = await createTrainLoader({ dataset: set, batchSize, imageSize, weak, strong, seed, workers });
  return {
    ...{ start, untrained: "head", loader: prefix ? behind(images, prefix) : images },
    backbone: { ...(adapterIn(stage.start) ?? { features: part.featureDim }), trunk: part },
    parameterGroups: trunkGroups(part, config),
    baselines: async () => stage.baselines,
    prepare: async () => {},
    evaluate: (weights, effort) =>
      evaluateEncoder({ ...config, model: trunk.digest }, weights, data.test ?? data.train, effort),
    async close() {
      await images.close();
      await prefix?.close();
    },
  };
}

/** The model's own numbers, which training starts from. */
async function ownNumbers(file: string, part: ImportedPart): Promise<Tensors> {
  const numbers = await readParameters(file, part);
  return Object.fromEntries(
    part.parameters.map(({ name, shape }) => [`query_encoder.net.trunk.${name}`, float32(shape, numbers[name]!)]),
  );
}

/** The same batches, with what a frozen part of a model makes of their images in the place of these. */
function behind(images: TrainLoader, prefix: Prefix): TrainLoader {
  async function* epoch(epoch: number, firstBatch?: number): AsyncGenerator<TrainBatch> {
    for await (const batch of images.epoch(epoch, firstBatch)) {
      yield { ...batch, query: await prefix.run(batch.query), key: await prefix.run(batch.key) };
    }
  }
  return {
    batchesPerEpoch: images.batchesPerEpoch,
    get waitedMs() {
      return images.waitedMs;
    },
    epoch,
    close: () => images.close(),
  };
}
