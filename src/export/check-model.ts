import { InferenceSession, Tensor } from "onnxruntime-node";
import { fail, messageOf, random, type Tensors } from "../core/index.ts";
import { checkStructure, readModel, silenceTelemetry } from "../engine/index.ts";
import { type BackboneName, compileEncoder, type EncoderOptions } from "../step/index.ts";

/**
 * Largest difference between the two computations of a feature, as a share of the largest feature. Both are float32
 * sums in different orders; a wrong weight or a missing layer is off by far more.
 */
const FEATURE_TOLERANCE = 1e-4;

interface CheckOptions {
  readonly backbone: BackboneName;
  readonly imageSize: number;
  readonly tensors: Tensors;
}

/**
 * Checks that a model is one for any tool (standard operators only, `checkStructure`), since ONNX Runtime alone accepts
 * others too. Then runs it in a plain ONNX Runtime session with batches of 3 and of 1 image of noise and compares the
 * features with those of `compileEncoder`. Returns the width of a feature row.
 * @throws MaskconError "engine" where it is not, or where features differ by more than `FEATURE_TOLERANCE`
 */
export async function checkModel(model: Uint8Array, { backbone, imageSize, tensors }: CheckOptions): Promise<number> {
  silenceTelemetry();
  checkStandard(model);
  const images = noise(3, imageSize);
  const { features, featureDim } = await referenceFeatures({ backbone, imageSize }, tensors, images);
  const session = await InferenceSession.create(model).catch((error) => refuse("a model that loads", messageOf(error)));
  try {
    const one = images.length / 3;
    await compare(session, new Tensor("float32", images, [3, 3, imageSize, imageSize]), features);
    await compare(
      session,
      new Tensor("float32", images.slice(0, one), [1, 3, imageSize, imageSize]),
      features.subarray(0, featureDim),
    );
  } finally {
    await session.release();
  }
  return featureDim;
}

function checkStandard(bytes: Uint8Array): void {
  const model = readModel(bytes);
  checkStructure(model);
  const domains = Object.keys(model.opsets).filter((domain) => domain !== "");
  if (domains.length > 0) refuse("standard operators only", `operators of ${domains.join(", ")}`);
}

async function referenceFeatures(o: EncoderOptions, tensors: Tensors, images: Float32Array) {
  const encoder = await compileEncoder({ ...o, batchSize: 3, device: "cpu" });
  try {
    await encoder.load(tensors);
    return { features: await encoder.embed(images.slice()), featureDim: encoder.featureDim };
  } finally {
    await encoder.close();
  }
}

async function compare(session: InferenceSession, images: Tensor, expected: Float32Array): Promise<void> {
  const { features } = await session.run({ images }).catch((error) => refuse("a model that runs", messageOf(error)));
  const found = features?.data as Float32Array | undefined;
  const batch = `features of a batch of ${images.dims[0]}`;
  if (found?.length !== expected.length) refuse(`${expected.length} ${batch}`, `${found?.length ?? "none"}`);
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(expected[i]! - found[i]!));
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  if (!(difference <= FEATURE_TOLERANCE * largest)) {
    refuse(`${batch} within ${FEATURE_TOLERANCE} of the largest (${largest})`, `a difference of ${difference}`);
  }
}

function noise(count: number, imageSize: number): Float32Array {
  const rng = random(0, imageSize);
  return Float32Array.from({ length: count * 3 * imageSize * imageSize }, () => 4 * rng.uniform() - 2);
}

function refuse(expected: string, found: string): never {
  fail("engine", { where: "exported encoder", expected, found, fix: "report this; the file was not written" });
}
