import { createTrainLoader } from "../src/data/index.ts";
import { noiseDataset } from "./noise-dataset.ts";
import { serve } from "./serve.ts";

const { images } = JSON.parse(process.argv[2]!) as { images: number };
const size = 32;
const dataset = noiseDataset(images, size);
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
