import { createHash } from "node:crypto";
import { fail } from "../core/index.ts";
import { digestOf } from "../formats/index.ts";
import { withChangedCopy } from "./changed-copy.ts";
import type { FeatureOutput } from "./feature-output.ts";
import { type ForeignModel, readForeignModel } from "./foreign-model.ts";
import { inPieces } from "./pieces.ts";
import { checkFeatures } from "./plausible-features.ts";
import { featureDimOf, type Pooling, poolFeatures, poolingFor } from "./pooling.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { openSession } from "./session.ts";

/** Which model `openTrunk` opens, and how its output becomes features. */
export interface TrunkOptions {
  /** An ONNX file. */
  readonly file: string;
  /** Name of the output that gives the features, where it is not the usual one. */
  readonly output?: string | undefined;
  /** Of tokens only; by default "cls+mean" where there is a class token, else "mean". */
  readonly pooling?: Pooling | undefined;
  /** Side in pixels, where the model takes any size. */
  readonly imageSize?: number | undefined;
  /** Threads of ONNX Runtime; by default its own choice. */
  readonly threads?: number | undefined;
  /** SHA-256 that the model must have (`Trunk.digest`): that of the one a run was trained behind. */
  readonly digest?: string | undefined;
  /** Trained numbers in place of those of its initialisers, by their names. */
  readonly numbers?: ReadonlyMap<string, Float32Array> | undefined;
}

/** A foreign model, frozen: images in, features out. */
export interface Trunk {
  readonly file: string;
  /** SHA-256 in hex of the model file and of the files beside it that hold its numbers. */
  readonly digest: string;
  /** What computes it, with its version: others may give other last bits. */
  readonly runtime: string;
  /** Side in pixels at which it is run: S. */
  readonly imageSize: number;
  /** F, after pooling. */
  readonly featureDim: number;
  readonly output: FeatureOutput;
  /** Undefined where the output is a vector or a map. */
  readonly pooling: Pooling | undefined;
  /** Undefined where nothing beside the model says it. */
  readonly preprocessing: Preprocessing | undefined;
  /**
   * The features [n, F] of images [n, 3, S, S], normalised, for any n from 1 on. A model of a fixed batch is run in pieces.
   * @param nameOf the name of an image in messages; by default its place
   * @throws MaskconError "shape" where these are no whole images
   * @throws MaskconError "weights" where a feature is no finite number or ONNX Runtime fails
   */
  embed(images: Float32Array, nameOf?: (image: number) => string): Promise<Float32Array>;
  /** Frees the model. */
  close(): Promise<void>;
}

/**
 * Opens an ONNX file as a frozen model of images, and runs it once.
 * @throws MaskconError "weights" where it is no model of images that ONNX Runtime computes, or another than `digest` says; "usage"
 * where an option does not fit it
 */
export async function openTrunk(o: TrunkOptions): Promise<Trunk> {
  const model = await readForeignModel(o.file, { output: o.output, imageSize: o.imageSize });
  const { file, input, output, preprocessing, imageSize } = model;
  const digest = await digestOfModel(model);
  if (o.digest !== undefined && digest !== o.digest) {
    const fix = "put the model of the run back in its place";
    fail("weights", { where: file, expected: "the model that the run was trained behind", found: "another", fix });
  }
  const { numbers = new Map() } = o;
  const open = (copy?: string) => openSession(model, o.threads, copy);
  const session = numbers.size === 0 ? await open() : await withChangedCopy(model, () => ({ numbers }), open);
  try {
    const imageFloats = 3 * imageSize * imageSize;
    const piece = input.batch;
    const trial = await session.run(new Float32Array((piece ?? 1) * imageFloats));
    if (o.output === undefined) checkFeatures({ ...model, shape: trial.shape });
    const pooling = poolingFor(output.kind, trial.shape, o.pooling);
    const featureDim = featureDimOf(output.kind, trial.shape, pooling);

    const embedPiece = async (images: Float32Array): Promise<Float32Array> => {
      const { shape, data } = await session.run(images);
      if (featureDimOf(output.kind, shape, pooling) === featureDim)
        return poolFeatures(data, output.kind, shape, pooling);
      const found = `[${shape.join(", ")}]`;
      return fail("weights", { where: file, expected: `${featureDim} features an image, as for a black one`, found });
    };
    const embed = async (images: Float32Array, nameOf = (image: number) => `image ${image}`): Promise<Float32Array> => {
      const features = await inPieces(images, { imageFloats, floats: featureDim, piece }, embedPiece);
      checkFinite(file, features, featureDim, nameOf);
      return features;
    };
    return {
      ...{ file, digest, runtime: session.runtime, imageSize, featureDim, output, pooling, preprocessing, embed },
      close: () => session.close(),
    };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Of the file alone its own; with others beside it, that of all their digests. */
async function digestOfModel({ file, filesBeside }: ForeignModel): Promise<string> {
  const own = await digestOf(file, "sha256");
  if (filesBeside.size === 0) return own;
  const hash = createHash("sha256").update(own);
  for (const beside of [...filesBeside.keys()].sort()) hash.update(await digestOf(beside, "sha256"));
  return hash.digest("hex");
}

function checkFinite(
  file: string,
  features: Float32Array,
  featureDim: number,
  nameOf: (image: number) => string,
): void {
  const at = features.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  fail("weights", {
    where: file,
    expected: "features that are finite numbers",
    found: `${features[at]} for ${nameOf(Math.floor(at / featureDim))}`,
    fix: "check mean and std; of a float16 model give the float32 file",
  });
}
