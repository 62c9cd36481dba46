import { createHash } from "node:crypto";
import { isModelFile } from "../config/index.ts";
import type { Tensors } from "../core/index.ts";
import type { Run } from "../run/index.ts";
import { exportEncoder } from "./encoder.ts";
import { exportModelEncoder } from "./model-encoder.ts";

/** Writes an encoder of a run as ONNX with its manifest beside it. */
export async function writeEncoder({ record }: Pick<Run, "record">, tensors: Tensors, file: string): Promise<void> {
  const { backbone, imageSize, method, featureOutput, features } = record.config;
  const configDigest = createHash("sha256").update(JSON.stringify(record.config)).digest("hex");
  const common = { tensors, imageSize, normalization: record.dataset.normalization, method, configDigest, file };
  if (!isModelFile(backbone)) return void (await exportEncoder({ ...common, backbone }));
  const model = { model: backbone, digest: record.model, output: featureOutput, pooling: features };
  await exportModelEncoder({ ...common, ...model });
}
