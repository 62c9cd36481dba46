import type { Tensors } from "../core/index.ts";
import { createTrainLoader, type TrainBatch, type TrainLoader } from "../data/index.ts";
import { evaluateFeatures } from "../eval/index.ts";
import {
  adaptFeatures,
  type EmbedEffort,
  embedWith,
  encoderWeights,
  evaluateEncoder,
  withoutAdapter,
} from "../run/index.ts";
import { adapterIn } from "../step/index.ts";
import type { HeadStage } from "./head-stage.ts";
import type { OpenModel } from "./model.ts";
import type { Baselines, InputOptions, RunInput } from "./run-input.ts";
import { type Tail, tailOf, tailOptions } from "./tail.ts";

/** Images for a run that trains the last blocks of a model, or all of it; what lies before them is run frozen. */
export async function tailInput(options: InputOptions, { trunk }: OpenModel, stage: HeadStage): Promise<RunInput> {
  const { config, data, set } = options;
  const { batchSize, crops, imageSize, weak, strong, seed, workers } = config;
  const tail = await tailOf(tailOptions(trunk.file, config), stage.part);
  try {
    const images = await createTrainLoader({ dataset: set, batchSize, crops, imageSize, weak, strong, seed, workers });
    return {
      ...{ start: { ...stage.start, ...tail.tensors }, untrained: "head", loader: behind(images, tail) },
      backbone: { ...adapterIn(stage.start), ...tail.backbone },
      parameterGroups: tail.parameterGroups(config),
      baselines: async (effort) => stage.baselines ?? measureBaselines(options, trunk.digest, stage.start, effort),
      prepare: async () => {},
      evaluate: (weights, effort) =>
        evaluateEncoder({ ...config, model: trunk.digest }, weights, data.test ?? data.train, effort),
      async close() {
        await images.close();
        await tail.close();
      },
    };
  } catch (error) {
    await tail.close();
    throw error;
  }
}

/** The model alone and whitened, on the images of this run: its head is of a run on others. */
async function measureBaselines(
  { config, data }: InputOptions,
  model: string,
  start: Tensors,
  effort: EmbedEffort,
): Promise<Baselines> {
  const images = data.test ?? data.train;
  const alone = await embedWith({ ...config, model }, {}, images, effort);
  const report = ({ features, dim }: typeof alone) =>
    evaluateFeatures(features, dim, images, { threads: config.threads, signal: effort.signal });
  const frozen = await report(alone);
  if (adapterIn(start)?.whitened === undefined) return { frozen };
  return { frozen, whitened: await report(await adaptFeatures(config, withoutAdapter(encoderWeights(start)), alone)) };
}

/** The same batches, with what a step takes in the place of their images. */
function behind(images: TrainLoader, tail: Tail): TrainLoader {
  async function* epoch(epoch: number, firstBatch?: number): AsyncGenerator<TrainBatch> {
    for await (const batch of images.epoch(epoch, firstBatch)) {
      yield { ...batch, query: await tail.inputs(batch.query), key: await tail.inputs(batch.key) };
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
