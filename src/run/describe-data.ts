import { createHash } from "node:crypto";
import type { DatasetRecord } from "../config/index.ts";
import type { LoadedData } from "../data/index.ts";

/** What a run keeps of the images it is trained on. */
export function describeData({ name, train, test }: LoadedData): DatasetRecord {
  const labels = createHash("sha256").update(
    new Uint8Array(train.coarse.buffer, train.coarse.byteOffset, train.coarse.byteLength),
  );
  const { mean, std } = train.normalization;
  return {
    name,
    trainImages: train.length,
    testImages: test?.length ?? 0,
    coarseClasses: [...train.coarseClasses],
    labels: labels.digest("hex"),
    normalization: { mean: [...mean], std: [...std] },
  };
}
