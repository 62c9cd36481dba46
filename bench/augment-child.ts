import { createTrainLoader, type Dataset } from "../src/data/index.ts";
import { serve } from "./serve.ts";
import { smoothNoise } from "./smooth-noise.ts";

const { images } = JSON.parse(process.argv[2]!) as { images: number };
const size = 32;
const dataset: Dataset = {
  name: "noise",
  length: images,
  coarseClasses: ["all"],
  fineClasses: undefined,
  coarse: new Int32Array(images),
  fine: undefined,
  ids: String,
  source: { kind: "memory", width: size, height: size, pixels: smoothNoise(images, size) },
  normalization: { mean: [0.507, 0.487, 0.441], std: [0.267, 0.256, 0.276] },
};
const loader = await createTrainLoader({
  dataset,
  batchSize: 125,
  imageSize: size,
  weak: "crop-flip",
  strong: "crop-flip-autoaugment",
  seed: 0,
  workers: 1,
});
let epoch = 0;

async function measure() {
  const start = performance.now();
  for await (const batch of loader.epoch(epoch++)) batch.release();
  return { imagesPerSecond: (1000 * loader.batchesPerEpoch * 125) / (performance.now() - start) };
}

await measure();
await serve({}, measure);
await loader.close();
