import { createHash } from "node:crypto";
import type { DatasetRecord } from "../config/index.ts";
import type { LoadedData } from "../data/index.ts";
import { type ImageList, listDigest, listImages } from "./image-list.ts";

/** What a run keeps of the images it is trained on. */
interface DescribedData {
  /** In `config.json`. */
  readonly dataset: DatasetRecord & { readonly images: string };
  /** In `images.safetensors`. */
  readonly list: ImageList;
}

/**
 * Describes loaded data by its images' content and labels.
 * @throws MaskconError "image" where one has to be read for it and cannot be
 */
export async function describeData(data: LoadedData, signal?: AbortSignal): Promise<DescribedData> {
  const { name, train, test } = data;
  const { mean, std } = train.normalization;
  const list = await listImages(data, signal);
  const dataset = {
    name,
    trainImages: train.length,
    testImages: test?.length ?? 0,
    coarseClasses: [...train.coarseClasses],
    labels: labelsDigest(data),
    images: listDigest(list),
    normalization: { mean: [...mean], std: [...std] } satisfies DatasetRecord["normalization"],
  };
  return { dataset, list };
}

/** SHA-256 of the training labels in their order, which is all that early versions kept. */
export function labelsDigest({ train: { coarse } }: LoadedData): string {
  return createHash("sha256")
    .update(new Uint8Array(coarse.buffer, coarse.byteOffset, coarse.byteLength))
    .digest("hex");
}
