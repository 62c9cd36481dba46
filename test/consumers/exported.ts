import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { float32, random, type Tensors } from "../../src/core/index.ts";
import { exportEncoder } from "../../src/export/index.ts";
import { writeNpy } from "../../src/formats/numpy/index.ts";
import { declareBackbone, initialize } from "../../src/nn/index.ts";
import type { BackboneName } from "../../src/step/index.ts";

/** Encoders of both families, with the stem for small images (up to 64 px) and without it, also of odd sizes. */
export const exportedCases: readonly (readonly [BackboneName, number])[] = [
  ["resnet20", 32],
  ["resnet20", 33],
  ["resnet18", 32],
  ["resnet18", 97],
  ["resnet50", 65],
];

/** An exported encoder, three images and the features that ONNX Runtime finds, each as a file. */
export interface Exported {
  readonly folder: string;
  readonly file: string;
  readonly imageFile: string;
  readonly featureFile: string;
  readonly images: Float32Array;
  readonly features: Float32Array;
  remove(): void;
}

const COUNT = 3;

export async function exportForTest(backbone: BackboneName, imageSize: number): Promise<Exported> {
  const folder = mkdtempSync(join(tmpdir(), "maskcon-consumers-"));
  const [file, imageFile, featureFile] = ["encoder.onnx", "images.npy", "features.npy"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const { featureDim } = await exportEncoder({
    tensors: trainedLike(backbone, imageSize),
    backbone,
    imageSize,
    normalization: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    method: "maskcon",
    configDigest: "0",
    file,
  });
  const rng = random(1, imageSize);
  const columns = 3 * imageSize * imageSize;
  const images = Float32Array.from({ length: COUNT * columns }, () => rng.normal());
  const session = await InferenceSession.create(file);
  const found = await session.run({ images: new Tensor("float32", images, [COUNT, 3, imageSize, imageSize]) });
  const features = found.features!.data as Float32Array;
  await session.release();
  await writeNpy(imageFile, { rows: COUNT, columns }, [images]);
  await writeNpy(featureFile, { rows: COUNT, columns: featureDim }, [features]);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { folder, file, imageFile, featureFile, images, features, remove };
}

/** Weights whose normalisations do something: fresh ones have mean 0 and variance 1 everywhere. */
function trainedLike(backbone: BackboneName, imageSize: number): Tensors {
  const rng = random(7, imageSize);
  const { parameters, buffers } = declareBackbone(backbone, imageSize);
  return Object.fromEntries(
    [...parameters, ...buffers].map((spec) => {
      const data = initialize(spec, 3);
      const varied =
        spec.shape.length > 1 ? data : data.map((value) => (value === 1 ? 0.5 + rng.uniform() : rng.normal() / 10));
      return [spec.name, float32(spec.shape, varied)];
    }),
  );
}
