import { compileStep } from "../src/step/index.ts";
import { serve } from "./serve.ts";
import { syntheticBatch, syntheticQueue } from "./synthetic.ts";
import { stepOptions, type Work } from "./works.ts";

const work = JSON.parse(process.argv[2]!) as Work & { threads: number };
const step = await compileStep(stepOptions(work, work.threads));
await step.load(syntheticQueue(work));
const batch = syntheticBatch(work);
for (let i = 0; i < 2; i++) await step.run(batch);

await serve({ threads: work.threads, plan: step.plan }, async () => {
  const start = performance.now();
  for (let i = 0; i < work.steps; i++) await step.run(batch);
  const seconds = (performance.now() - start) / 1000;
  return { imagesPerSecond: (work.steps * work.batchSize) / seconds };
});
await step.close();
