/** What a page of somebody else's does with the library in a browser. It is compiled, never run. */

import type { Encoder, EncoderOptions, StepOptions, Tensors } from "maskcon/browser";
import * as maskcon from "maskcon/browser";

maskcon.onnxRuntime.wasm.wasmPaths = "/assets/";
maskcon.onnxRuntime.wasm.numThreads = 4;
maskcon.onnxRuntime.webgpu.powerPreference = "high-performance";

export async function embed(weights: Uint8Array, images: Float32Array): Promise<Float32Array> {
  const { tensors, metadata } = maskcon.decodeSafetensors(weights);
  if (metadata.backbone !== "resnet20") throw new maskcon.MaskconError("weights", { expected: "", found: "" });
  const shape: EncoderOptions = { backbone: "resnet20", imageSize: 32 };
  const encoder: Encoder = await maskcon.compileEncoder({ ...shape, batchSize: 1, device: "webgpu" });
  await encoder.load(tensors);
  return encoder.embed(images);
}

export async function learn(
  options: StepOptions,
  batch: { images: Float32Array; labels: Int32Array },
): Promise<Tensors> {
  const step = await maskcon.compileStep({ ...options, device: "webgpu" });
  await step.run({ query: batch.images, key: batch.images, coarseLabels: batch.labels, learningRate: 0.1 });
  return { ...(await step.save()), step: maskcon.int32([1], [1]) };
}
