import { createHash } from "node:crypto";
import type { Trunk } from "../backbone/index.ts";
import type { StopSignal } from "../core/index.ts";
import { contentDigests, type Dataset, decoderVersion } from "../data/index.ts";

/** To be raised where the same key would have other features, or another layout: by a change of the views, say. */
const FORMAT = 1;

/** Images that are embedded at once: features may depend on it in their last bits. */
export const CACHING_BATCH = 16;

/** All that decides features under the test transform. */
export type FeatureFacts = Readonly<Record<string, unknown>>;

/** @throws MaskconError "image" where an image cannot be read */
export async function featureFacts(trunk: Trunk, dataset: Dataset, signal?: StopSignal): Promise<FeatureFacts> {
  const { digest, runtime, imageSize, output, pooling, featureDim } = trunk;
  // Whoever gives a `Preprocessing` has more in it than decides features.
  const { mean, std } = dataset.normalization;
  return {
    format: FORMAT,
    ...{
      model: digest,
      runtime,
      output: output.name,
      pooling: pooling ?? null,
      imageSize,
      featureDim,
      batch: CACHING_BATCH,
    },
    normalization: { mean, std },
    count: dataset.length,
    images: sha256(await contentDigests(dataset, signal)),
    ...(await storedAs(dataset)),
  };
}

/** How images are decoded and reduced before a view is made of them. */
async function storedAs({ source }: Dataset): Promise<FeatureFacts> {
  if (source.kind === "memory") return { stored: [source.width, source.height] };
  const decoder = await decoderVersion();
  if (source.kind === "packed")
    return { decoder, stored: sha256(new Uint8Array(Int32Array.from(source.sizes).buffer)) };
  return { decoder, stored: source.shortSide ?? null };
}

/** Hex digest of such facts: enough of it for the name of a folder. */
export const featureKey = (facts: FeatureFacts): string => sha256(JSON.stringify(facts)).slice(0, 32);

const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");
