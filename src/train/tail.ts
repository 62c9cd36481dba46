import {
  type BackboneOptions,
  countImages,
  type ImportedPart,
  importPart,
  openPrefix,
  readParameters,
} from "../backbone/index.ts";
import type { RunConfig } from "../config/index.ts";
import { fail, float32, type Shape, sizeOf, type Tensors } from "../core/index.ts";
import type { Adapter, ParameterGroups } from "../step/index.ts";
import { type TrunkRates, trunkGroups } from "./trunk-groups.ts";

/** Which part of a model `openTail` opens for training. */
export interface TailOptions extends BackboneOptions {
  /** An ONNX file. */
  readonly file: string;
  /** The last N blocks (`inspectBackbone` lists them as `cuts`), or all of the model. */
  readonly trainable: `tail:${number}` | "all";
  /** Threads of ONNX Runtime for what lies before the part that is trained; by default its own choice. */
  readonly threads?: number | undefined;
}

/** The last blocks of a foreign model, or all of it, for a step that trains them. */
export interface Tail {
  /** For `StepOptions.backbone`; with whitening `{ ...tail.backbone, whitened }`. */
  readonly backbone: Adapter;
  /** The model's own numbers, by a step's names: what `loadEncoders` takes. */
  readonly tensors: Tensors;
  /** Of one image, what a step takes in its place: the tensor at the cut; [3, S, S] of all. */
  readonly inputShape: Shape;
  /** Blocks in it. */
  readonly blocks: number;
  /** For `StepOptions.parameterGroups`: each block at a share of the rate of the one behind it, the rest at its own. */
  parameterGroups(rates?: TrunkRates): ParameterGroups;
  /**
   * What a batch has in the place of images [n, 3, S, S], normalised as the model wants them: [n, ...inputShape], for any n
   * from 1 on. Of all it is the images.
   * @throws MaskconError "shape" where these are no whole images, "weights" where ONNX Runtime fails
   */
  inputs(images: Float32Array): Promise<Float32Array>;
  /** Frees what lies before the part that is trained. */
  close(): Promise<void>;
}

/**
 * Opens the last blocks of an ONNX file for a step, without training anything. Fine-tuning begins best behind a head that is
 * trained already (Kumar et al. 2022, arXiv 2202.10054): load its tensors, too.
 * @throws MaskconError "weights" where that part cannot be trained, "usage" where an option does not fit the model
 */
export async function openTail(o: TailOptions): Promise<Tail> {
  return tailOf(o, await importTail(o));
}

type TailConfig = Pick<RunConfig, "trainable" | "featureOutput" | "features" | "imageSize" | "threads">;

/** The part that a run trains which does not train the head alone. */
export function tailOptions(file: string, config: TailConfig): TailOptions {
  const { featureOutput: output, features: pooling, imageSize, threads } = config;
  return { file, trainable: config.trainable as TailOptions["trainable"], output, pooling, imageSize, threads };
}

/** The part of a model that is trained, without its numbers. */
export function importTail({ file, trainable, threads: _, ...options }: TailOptions): Promise<ImportedPart> {
  if (!/^(all|tail:[1-9]\d*)$/.test(trainable)) {
    fail("usage", { where: "--trainable", expected: "tail:N or all", found: `"${trainable}"` });
  }
  const cut = trainable === "all" ? "all" : Number(trainable.slice("tail:".length));
  return importPart(file, { cut, ...options });
}

export async function tailOf(o: TailOptions, part: ImportedPart): Promise<Tail> {
  const { file, output, imageSize, threads } = o;
  const numbers = await readParameters(file, part);
  const isAll = o.trainable === "all";
  const prefix = isAll ? undefined : await openPrefix({ file, output, imageSize, cut: part.input, threads });
  return {
    backbone: { features: part.featureDim, trunk: part },
    tensors: Object.fromEntries(
      part.parameters.map(({ name, shape }) => [`query_encoder.net.trunk.${name}`, float32(shape, numbers[name]!)]),
    ),
    ...{ inputShape: part.inputShape, blocks: part.blocks },
    parameterGroups: (rates = {}) => trunkGroups(part, rates),
    async inputs(images) {
      if (prefix) return prefix.run(images);
      countImages(images, sizeOf(part.inputShape));
      return images;
    },
    close: async () => prefix?.close(),
  };
}
