import { createHash } from "node:crypto";
import type { Tensors } from "../core/index.ts";
import { exportEncoder } from "../export/index.ts";
import type { Run } from "../run/index.ts";

/** Writes an encoder of a run as ONNX with its manifest beside it. */
export async function writeEncoder({ record }: Run, tensors: Tensors, file: string): Promise<void> {
  const { backbone, imageSize, method } = record.config;
  await exportEncoder({
    tensors,
    backbone,
    imageSize,
    normalization: record.dataset.normalization,
    method,
    configDigest: createHash("sha256").update(JSON.stringify(record.config)).digest("hex"),
    file,
  });
}
