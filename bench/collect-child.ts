/** Collects images as `maskcon collect RUN DATA --out COLLECTION` does, and times its parts. */
import { chooseEncoders } from "../src/collection/collection-encoder.ts";
import { collectImages, readKnownImages } from "../src/collection/index.ts";
import { openData } from "../src/data/index.ts";
import { loadRun, withEncoderPair } from "../src/run/index.ts";
import { serve } from "./serve.ts";
import { median } from "./statistics.ts";

const { run: folder, data, out } = JSON.parse(process.argv[2]!) as { run: string; data: string; out: string };
const BATCHES = 9;

type Loaded = Awaited<ReturnType<typeof loadRun>>;

const batches = ({ record }: Loaded, images: number) => Math.ceil(images / record.config.batchSize);

/** What both encoders take for a batch while nothing else runs. */
async function batchSeconds(run: Loaded): Promise<number> {
  const { config, model } = run.record;
  const encoders = await chooseEncoders(run, config.encoder);
  return withEncoderPair({ ...config, model }, encoders, async (pair) => {
    const images = new Float32Array(config.batchSize * 3 * config.imageSize ** 2).fill(0.5);
    const times: number[] = [];
    for (let i = 0; i < BATCHES; i++) {
      const start = performance.now();
      await pair.embed(images);
      times.push((performance.now() - start) / 1000);
    }
    return median(times);
  });
}

await serve({ idleRssMb: process.resourceUsage().maxRSS / 1024 }, async () => {
  const start = performance.now();
  const since = () => (performance.now() - start) / 1000;
  const run = await loadRun(folder);
  const knownImages = await readKnownImages(out);
  const options = { testFraction: 0, imageSize: undefined, cacheBytes: 0, known: knownImages };
  const { train } = await openData(data, options);
  const openSeconds = since();
  const sets = [{ dataset: train, split: undefined }];
  const { added, rows } = await collectImages({ run, sets, source: data, out, knownImages });
  const seconds = since();
  const embedSeconds = (await batchSeconds(run)) * batches(run, added);
  return { seconds, openSeconds, embedSeconds, added, rows };
});
