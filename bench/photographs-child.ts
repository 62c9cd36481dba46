import { createTrainLoader, openData } from "../src/data/index.ts";
import { serve } from "./serve.ts";

const { folder, images, epochs, size, cacheBytes } = JSON.parse(process.argv[2]!) as {
  folder: string;
  images: number;
  epochs: number;
  size: number;
  cacheBytes?: number;
};
const { train } = await openData(folder, { imageSize: size, ...(cacheBytes === undefined ? {} : { cacheBytes }) });
const loader = await createTrainLoader({
  dataset: train,
  batchSize: images / 2,
  imageSize: size,
  weak: "crop-flip-perspective",
  strong: "crop-flip-perspective-color",
  seed: 0,
  workers: 1,
});
let epoch = 0;

async function measure() {
  const start = performance.now();
  for (const last = epoch + epochs; epoch < last; epoch++) {
    for await (const batch of loader.epoch(epoch)) batch.release();
  }
  return { imagesPerSecond: (1000 * images * epochs) / (performance.now() - start) };
}

await measure();
await serve({}, measure);
await loader.close();
