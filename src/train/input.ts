import { createTrainLoader } from "../data/index.ts";
import { evaluateEncoder } from "../run/index.ts";
import type { HeadStage } from "./head-stage.ts";
import type { OpenModel } from "./model.ts";
import { modelInput } from "./model-input.ts";
import { namedBackbone } from "./named-backbone.ts";
import type { InputOptions, RunInput } from "./run-input.ts";
import { tailInput } from "./tail-input.ts";

/**
 * Opens what a run trains on: the images, or the features of a model from a file.
 * @param stage of a run that trains such a model itself
 */
export function openInput(
  options: InputOptions,
  model: OpenModel | undefined,
  stage: HeadStage | undefined,
): Promise<RunInput> {
  if (model && stage) return tailInput(options, model, stage);
  return model ? modelInput(options, model) : imageInput(options);
}

async function imageInput({ config, data, set }: InputOptions): Promise<RunInput> {
  const { batchSize, crops, imageSize, weak, strong, seed, workers } = config;
  const backbone = namedBackbone(config);
  const loader = await createTrainLoader({ dataset: set, batchSize, crops, imageSize, weak, strong, seed, workers });
  return {
    ...{ backbone, loader, start: {}, untrained: "frozen" },
    prepare: async () => {},
    evaluate: (weights, effort) => evaluateEncoder(config, weights, data.test ?? data.train, effort),
    close: () => loader.close(),
  };
}
