import { InferenceSession, Tensor } from "onnxruntime-node";
import { data } from "./tiny-run.ts";

/** Features of the tiny test images by an exported file and plain ONNX Runtime. */
export async function exportedFeatures(file: string): Promise<Float32Array> {
  const { length: count, source } = data.test!;
  if (source.kind !== "memory") throw new Error("the tiny set is in memory");
  const bytes = new Uint8Array(source.pixels);
  const images = new Float32Array(count * 768);
  for (let i = 0; i < bytes.length; i++) {
    const [image, place, channel] = [Math.floor(i / 768), Math.floor((i % 768) / 3), i % 3];
    images[768 * image + 256 * channel + place] = (bytes[i]! / 255 - 0.5) / 0.5;
  }
  const session = await InferenceSession.create(file);
  const { features } = await session.run({ images: new Tensor("float32", images, [count, 3, 16, 16]) });
  return features!.data as Float32Array;
}

/** The largest difference, by the largest value. */
export function worstDifference(found: Float32Array, expected: Float32Array): number {
  const differences = found.map((value, i) => Math.abs(value - expected[i]!));
  return Math.max(...differences) / Math.max(...expected.map(Math.abs));
}
