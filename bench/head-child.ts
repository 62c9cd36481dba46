import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { resolveConfig } from "../src/config/index.ts";
import { train } from "../src/train/index.ts";
import { noiseDataset } from "./noise-dataset.ts";
import { serve } from "./serve.ts";

const { folder, model, size, images, views, steps, threads } = JSON.parse(process.argv[2]!) as {
  folder: string;
  model: string;
  size: number;
  images: number;
  views: number;
  steps: number;
  threads: number;
};
const set = noiseDataset(images, size, { coarse: 20, fine: 100 });
const data = { name: "noise", train: set, test: undefined, skipped: [] };
const config = resolveConfig({
  flags: {
    ...{ backbone: model, normalization: "half", imageSize: size, views, steps, threads, workers: threads },
    ...{ cacheDir: join(folder, "cache"), batchSize: 128, weak: "crop-flip", strong: "crop-flip", evalEvery: 0 },
  },
});

await serve({ threads }, async () => {
  const out = mkdtempSync(join(folder, "run-"));
  rmSync(out, { recursive: true });
  let first = 0;
  let last = 0;
  const start = performance.now();
  await train(config, data, {
    out,
    onEvent: ({ event }) => {
      if (event !== "step") return;
      last = performance.now();
      if (first === 0) first = last;
    },
  });
  const seconds = (performance.now() - start) / 1000;
  rmSync(out, { recursive: true });
  return { seconds, stepSeconds: (last - first) / 1000 };
});
