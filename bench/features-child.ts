import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { openTrunk } from "../src/backbone/index.ts";
import { createEvalLoader, type Dataset, DIGEST_BYTES } from "../src/data/index.ts";
import { silenceTelemetry } from "../src/engine/index.ts";
import { openFeatureCache } from "../src/features/index.ts";
import { noiseDataset } from "./noise-dataset.ts";
import { serve } from "./serve.ts";

const o = JSON.parse(process.argv[2]!) as {
  kind: "clean" | "views" | "session";
  folder: string;
  model: string;
  images: number;
  size: number;
  threads: number;
};
/** That of the cache. */
const BATCH = 16;
const train = asOpened(noiseDataset(o.images, o.size));
const perSecond = (rows: number, start: number) => ({ imagesPerSecond: (1000 * rows) / (performance.now() - start) });

await (o.kind === "session" ? serveSession() : serveCache(o.kind));

/** As images from files lie in memory: decoded, with the digests of their files. */
function asOpened(dataset: Dataset): Dataset {
  const { source, length } = dataset;
  if (source.kind !== "memory") return dataset;
  const { pixels, width, height } = source;
  const offsets = Float64Array.from({ length }, (_, i) => 3 * width * height * i);
  const sizes = Int32Array.from({ length: 2 * length }, (_, i) => (i % 2 ? height : width));
  const digests = new Uint8Array(new SharedArrayBuffer(DIGEST_BYTES * length)).map((_, i) => i >> 4);
  return { ...dataset, source: { kind: "packed", pixels, offsets, sizes, digests } };
}

/** Opens the cache anew every time: reading what the images are and writing to the disk belong to it. */
async function serveCache(kind: "clean" | "views"): Promise<void> {
  const trunk = await openTrunk({ file: o.model, imageSize: o.size, threads: o.threads });
  mkdirSync(o.folder, { recursive: true });
  const measure = async () => {
    const folder = mkdtempSync(join(o.folder, "turn-"));
    const start = performance.now();
    const cache = await openFeatureCache({
      ...{ trunk, folder, train, views: 2, viewSeed: 0, workers: o.threads },
      ...{ weak: "crop-flip-perspective", strong: "crop-flip-perspective-color" },
    });
    if (kind === "clean") await cache.clean("train");
    else await cache.prepareViews();
    const found = perSecond(kind === "clean" ? o.images : 2 * o.images, start);
    await cache.close();
    rmSync(folder, { recursive: true });
    return found;
  };
  await measure();
  await serve({ threads: o.threads }, measure);
  await trunk.close();
}

/** The same batches, which the loader has made beforehand. */
async function serveSession(): Promise<void> {
  silenceTelemetry();
  const session = await InferenceSession.create(readFileSync(o.model), { intraOpNumThreads: o.threads });
  const [input, output] = [session.inputNames[0]!, session.outputNames[0]!];
  const batches: Tensor[] = [];
  const loader = await createEvalLoader({ dataset: train, batchSize: BATCH, imageSize: o.size, workers: o.threads });
  for await (const { images, count, release } of loader.batches(0)) {
    const wanted = images.slice(0, (images.length / BATCH) * count);
    batches.push(new Tensor("float32", wanted, [count, 3, o.size, o.size]));
    release();
  }
  await loader.close();
  const measure = async () => {
    const start = performance.now();
    for (const batch of batches) await session.run({ [input]: batch }, [output]);
    return perSecond(o.images, start);
  };
  await measure();
  await serve({ threads: o.threads }, measure);
  await session.release();
}
