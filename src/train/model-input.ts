import type { Tensors } from "../core/index.ts";
import { evaluateFeatures } from "../eval/index.ts";
import { createFeatureLoader, type FeatureCache, openFeatureCache } from "../features/index.ts";
import { adaptFeatures, type EmbedEffort } from "../run/index.ts";
import { type Adapter, adapterIn } from "../step/index.ts";
import { chooseWhitening } from "./choose-whitening.ts";
import type { OpenModel } from "./model.ts";
import type { InputOptions, RunInput } from "./run-input.ts";

/** Features of a frozen model in place of images: cached views to train on, clean ones to measure with. */
export async function modelInput(options: InputOptions, { trunk }: OpenModel): Promise<RunInput> {
  const { config, data, set } = options;
  const { weak, strong, views, viewSeed, workers, batchSize, crops, seed } = config;
  const cache = await openFeatureCache({
    ...{ trunk, train: data.train, test: data.test, weak, strong, views, viewSeed, workers },
    ...{ signal: options.signal, progress: options.progress, notice: options.notice },
    folder: config.cacheDir,
  });
  try {
    const dim = cache.featureDim;
    const tested = await cache.clean(data.test ? "test" : "train");
    const start = await whitened(options, cache);
    const backbone: Adapter = adapterIn(start) ?? { features: dim };
    const labels = data.test ?? data.train;
    const report = (features: Float32Array, width: number, { signal }: EmbedEffort) =>
      evaluateFeatures(features, width, labels, { threads: config.threads, signal });
    const loader = createFeatureLoader({ cache, dataset: set, batchSize, crops, seed });
    return {
      ...{ backbone, loader, start },
      untrained: config.whiten > 0 ? "whitened" : "frozen",
      ...(config.whiten > 0 && {
        baselines: async (effort: EmbedEffort) => ({ frozen: await report(tested, dim, effort) }),
      }),
      prepare: () => cache.prepareViews(),
      async evaluate(weights, effort) {
        const { features, dim: width } = await adaptFeatures(config, weights, { features: tested, dim });
        return report(features, width, effort);
      },
      async close() {
        await loader.close();
        await cache.close();
      },
    };
  } catch (error) {
    await cache.close();
    throw error;
  }
}

/** The tensors that whiten, from the training images; none where nothing is to be whitened. */
async function whitened({ config, data, notice }: InputOptions, cache: FeatureCache): Promise<Tensors> {
  const { whiten: most, threads } = config;
  if (most === 0) return {};
  const features = await cache.clean("train");
  const { coarse } = data.train;
  const { tensors, shrinkage, recall } = await chooseWhitening({
    features,
    dim: cache.featureDim,
    coarse,
    most,
    threads,
  });
  const tried = [...recall].map(([times, value]) => `${(100 * value).toFixed(1)} with ${times}`).join(", ");
  notice?.(`whitening adds ${shrinkage} times the mean variance (coarse R@1 of training images: ${tried})`);
  return tensors;
}
