import { isModelFile } from "../config/index.ts";
import type { Tensors } from "../core/index.ts";
import type { FeatureEncoder } from "../eval/index.ts";
import { adapterIn, trunkIn } from "../step/index.ts";
import { type EncoderConfig, openEncoder } from "./encoder.ts";
import { type OpenEncoder, openAdapter, openModelEncoder } from "./model-encoder.ts";

/** Two encoders that see the same images: one row of features is the trained one's, then the frozen one's. */
export interface EncoderPair extends FeatureEncoder {
  /** Dimensions of each. */
  readonly trained: number;
  readonly frozen: number;
}

/** Works with the trained and the frozen encoder of a run at once: images are decoded once, and so runs a model they share. */
export async function withEncoderPair<T>(
  config: EncoderConfig,
  weights: { readonly trained: Tensors; readonly frozen: Tensors },
  work: (pair: EncoderPair) => Promise<T>,
): Promise<T> {
  const opened: OpenEncoder[] = [];
  const open = async (encoder: Promise<OpenEncoder>) => {
    opened.push(await encoder);
    return opened.at(-1)!;
  };
  try {
    const { backbone, model } = config;
    const adapter =
      isModelFile(backbone) && trunkIn(weights.trained).size === 0 ? adapterIn(weights.trained) : undefined;
    const frozen = await open(
      adapter && isModelFile(backbone)
        ? openModelEncoder({ ...config, backbone }, {}, model)
        : openEncoder(config, weights.frozen),
    );
    // Behind a frozen model the trained encoder is a small head on its features.
    const trained = await open(
      adapter ? openAdapter(config, adapter, weights.trained) : openEncoder(config, weights.trained),
    );
    return await work(pairOf(trained, frozen, adapter !== undefined));
  } finally {
    for (const encoder of opened) await encoder.close();
  }
}

/** @param behind whether the trained encoder takes the frozen one's features in place of images */
function pairOf(trained: FeatureEncoder, frozen: FeatureEncoder, behind: boolean): EncoderPair {
  const [t, f] = [trained.featureDim, frozen.featureDim];
  return {
    ...{ trained: t, frozen: f, featureDim: t + f },
    async embed(images) {
      const second = (await frozen.embed(images)).slice();
      const first = await trained.embed(behind ? second : images);
      const rows = second.length / f;
      const both = new Float32Array(rows * (t + f));
      for (let row = 0; row < rows; row++) {
        both.set(first.subarray(row * t, (row + 1) * t), row * (t + f));
        both.set(second.subarray(row * f, (row + 1) * f), row * (t + f) + t);
      }
      return both;
    },
  };
}
